"""What the trainings of the networks for one pass share: one step, and the run by the clock.

What may go here: what does not depend on which network is trained. Crops stand in training_pictures.py.
"""

import time

from nst_helpers._io.weights import save_npz
from nst_helpers.networks import named_variables

import keras
import numpy as np
import tensorflow as tf


class Trainer:
    """Adam on a weighted sum of losses. A subclass says in `losses` which: {name: scalar}, for a batch."""

    def __init__(self, network, weights, peak):
        self.network, self.weights, self.peak = network, weights, peak
        self.optimizer = keras.optimizers.Adam(peak, global_clipnorm=1.0)
        self.optimizer.build(network.trainable_variables)

    @tf.function(reduce_retracing=False)
    def step(self, *batch):
        """One step; returns the losses without their weights, in the order of `weights`."""
        with tf.GradientTape() as tape:
            losses = self.losses(*batch)
            total = tf.add_n([weight * losses[name] for name, weight in self.weights.items()])
        gradients = tape.gradient(total, self.network.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables))
        return tf.stack([losses[name] for name in self.weights])

    def run(self, batches, minutes, out, warm_up=200, report_every=200):
        """Steps until `minutes` are over; the learning rate falls to 1 % by half a cosine. Weights go to `out`.

        batches: a function from the share of the time that is over to a batch, as a tuple.
        """
        log, step, clock = [], 0, Clock()
        while (share := clock() / 60 / minutes) < 1:
            step += 1
            falling = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * share))
            self.optimizer.learning_rate.assign(self.peak * falling * min(1, step / warm_up))
            log.append(self.step(*batches(share)).numpy())
            if step % report_every == 0:
                means = dict(zip(self.weights, np.mean(log, axis=0).round(4).tolist()))
                print(f"{step:6d} {clock.seconds:6.0f} s  {means}", flush=True)
                log = []
                save_npz(named_variables(self.network), out)
        save_npz(named_variables(self.network), out)
        print(f"{out} written after {step} steps", flush=True)


class Clock:
    """Seconds of work: called once for each step. A step longer than `longest` was a pause, and counts as that."""

    def __init__(self, longest=10):
        self.seconds, self.longest, self.last = 0.0, longest, time.perf_counter()

    def __call__(self):
        now = time.perf_counter()
        self.seconds += min(now - self.last, self.longest)
        self.last = now
        return self.seconds
