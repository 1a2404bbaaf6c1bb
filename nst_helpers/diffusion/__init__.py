"""Pictures out of noise: schedules and samplers, the denoiser of faces; and the autoencoder of perceptual losses."""

from nst_helpers.diffusion.autoencoder import build_autoencoder, load_autoencoder, normalise
from nst_helpers.diffusion.denoiser import build_denoiser, load_denoiser, noise_predictor
from nst_helpers.diffusion.schedules import add_noise, cosine_schedule, ddim, ddpm, linear_schedule

__all__ = [
    "add_noise", "build_autoencoder", "build_denoiser", "cosine_schedule", "ddim", "ddpm", "linear_schedule",
    "load_autoencoder", "load_denoiser", "noise_predictor", "normalise",
]
