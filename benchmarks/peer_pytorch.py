"""The job of peers.py as a plain PyTorch loop after the usual recipe; peers.py starts it. Needs PyTorch and NumPy.

    python peer_pytorch.py JOB.npz RESULT.npz EVALUATIONS none|strong_wolfe

The recipe: the content image as the start, torch.optim.LBFGS with its defaults, 20 iterations to a step, clamping
between steps. The losses are those of the course, so that they can be compared.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
from torch.nn import functional

# The usual recipe weights style by a million, and LBFGS has thresholds that are meant for losses of that size.
SCALE = 1e6


def extract(picture, job, layers):
    """Feature maps of VGG-19 by layer, as deep as needed. picture: (1, 3, H, W), RGB in [0, 1]."""
    maps, found = 255 * picture.flip(1) - job["mean_bgr"].view(1, 3, 1, 1), {}
    for name in (key[:-7] for key in job if key.endswith(".kernel")):
        if name.endswith("conv1") and name != "block1_conv1":
            maps = functional.max_pool2d(maps, 2)
        maps = functional.relu(functional.conv2d(maps, job[f"{name}.kernel"], job[f"{name}.bias"], padding=1))
        found[name] = maps
        if len(found.keys() & layers) == len(layers):
            return found


def gram_matrix(features):
    maps = features.flatten(2)[0]
    return maps @ maps.T / maps.shape[1]


def relative(value, target):
    return ((value - target) ** 2).sum() / (target**2).sum()


def make_loss(job, content_layers, style_layers):
    layers = {*content_layers, *style_layers}
    with torch.no_grad():
        content = {layer: maps for layer, maps in extract(job["content"], job, layers).items()
                   if layer in content_layers}
        style = {layer: gram_matrix(maps) for layer, maps in extract(job["style"], job, layers).items()
                 if layer in style_layers}
    content_weight, variation_weight, range_weight = job["loss_weights"].tolist()

    def loss(image):
        features = extract(image, job, layers)
        total = sum(relative(features[layer], content[layer]) for layer in content) * content_weight / len(content)
        total = total + sum(relative(gram_matrix(features[layer]), style[layer]) for layer in style) / len(style)
        down, right = image[:, :, 1:] - image[:, :, :-1], image[:, :, :, 1:] - image[:, :, :, :-1]
        total = total + variation_weight * ((down**2).mean() + (right**2).mean())
        return total + range_weight * ((image - 1).relu() ** 2 + (-image).relu() ** 2).mean()

    return loss


def main(job_file, result_file, evaluations, line_search):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    names = {}
    with np.load(job_file, allow_pickle=False) as arrays:
        names = {key: arrays[key].tolist() for key in ("content_layers", "style_layers")}
        job = {key: torch.tensor(arrays[key], device=device) for key in arrays if key not in names}
    for key, value in job.items():
        if value.ndim == 4:  # kernels (3, 3, in, out) to (out, in, 3, 3); pictures (1, H, W, 3) to (1, 3, H, W)
            job[key] = value.permute((3, 2, 0, 1) if key.endswith(".kernel") else (0, 3, 1, 2)).contiguous()
    begin = time.perf_counter()
    loss = make_loss(job, **names)
    image = job["content"].clone().requires_grad_(True)
    line_search = None if line_search == "none" else line_search
    optimizer = torch.optim.LBFGS([image], line_search_fn=line_search)
    losses, moments, processor, best, lowest = [], [], [], image, np.inf

    def closure():
        nonlocal best, lowest
        optimizer.zero_grad()
        total = loss(image)
        (SCALE * total).backward()
        losses.append(total.item())
        moments.append(time.perf_counter() - begin)
        processor.append(time.process_time())
        if losses[-1] < lowest:
            best, lowest = image.detach().clone(), losses[-1]
        return SCALE * total

    while len(losses) < int(evaluations):
        optimizer.step(closure)
        with torch.no_grad():
            image.clamp_(0, 1)
    image = best.permute(0, 2, 3, 1).cpu()
    np.savez(result_file, losses=losses, moments=moments, processor=processor, image=image)
    memory = {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    if device == "cuda":
        memory["graphics memory"] = torch.cuda.max_memory_allocated() / 2**20
    print(json.dumps({"version": torch.__version__, **memory}))


if __name__ == "__main__":
    main(*sys.argv[1:])
