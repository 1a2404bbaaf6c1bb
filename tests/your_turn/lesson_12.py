"""Answers to "Your turn" of lesson 12: right ones, and wrong ones with a part of what the check says."""

RIGHT_LOSS = """weighted_loss = None


def weighted_loss(features, targets, layer_weights):
    total = 0.0
    for layer in targets:
        distance = tf.reduce_sum((features[layer] - targets[layer]) ** 2) / tf.reduce_sum(targets[layer] ** 2)
        total += layer_weights[layer] * distance
    return total / sum(layer_weights.values())
"""
WITH_PERCEPTUAL_LOSS = """weighted_loss = None


def weighted_loss(features, targets, layer_weights):
    each = [perceptual_loss({layer: features[layer]}, {layer: targets[layer]}) for layer in layer_weights]
    return np.average(each, weights=list(layer_weights.values()))
"""

TASKS = {
    "latent_numbers": {
        "right": ["latent_numbers = 262144", "latent_numbers = (256 // 4) ** 2 * 64"],
        "wrong": {
            "latent_numbers = 128 * 128 * 64": "after one pooling",
            "latent_numbers = 256 * 256 * 64": "halves both sides",
            "latent_numbers = 64 * 64 * 32": "has 64 maps",
            "latent_numbers = 64 * 64": "How many maps",
            "latent_numbers = 64 * 64 * 3": "no colours",
            "latent_numbers = 196608": "that many go in",
            "latent_numbers = 64": "what is the side",
            "latent_numbers = 'many'": "give one number",
        },
    },
    "rate_90": {
        "right": ["rate_90 = 0.000625", "rate_90 = 0.01 / 16", "rate_90 = 0.01 * 0.5 ** (90 // 20)"],
        "wrong": {
            "rate_90 = 0.01 * 0.5 ** (90 / 20)": "whole steps",
            "rate_90 = 0.01 / 32": "the fifth drop",
            "rate_90 = learning_rate(90, 0.01, 20)": "a tenth each time",
            "rate_90 = 0.005": "halved again at every drop",
            "rate_90 = 0.01 * 0.5 / 4": "halved again at every drop",
            "rate_90 = 0.01": "how many times 20 epochs",
            "rate_90 = None": "give one number",
        },
    },
    "weighted_loss": {
        "right": [RIGHT_LOSS, WITH_PERCEPTUAL_LOSS],
        "wrong": {
            RIGHT_LOSS.replace(" / sum(layer_weights.values())", ""): "Divide by the sum of the weights",
            RIGHT_LOSS.replace("sum(layer_weights.values())", "len(targets)"): "not by the number of layers",
            RIGHT_LOSS.replace("layer_weights[layer] * distance", "distance").replace(
                "sum(layer_weights.values())", "len(targets)"): "do not count at all",
            RIGHT_LOSS.replace(" / tf.reduce_sum(targets[layer] ** 2)", "").replace(
                "reduce_sum((features", "reduce_mean((features"): "sum of the squares of its target",
            RIGHT_LOSS.replace(") ** 2) / tf", ")) / tf"): "for equal weights it should be",
            RIGHT_LOSS.replace("layer_weights[layer]", "layer_weight[layer]"): "NameError",
            "weighted_loss = 0.1": "write a function",
            RIGHT_LOSS.replace("return total", "total"): "TypeError",
        },
    },
}
