"""Video files, decoded and written by ffmpeg, which imageio-ffmpeg brings along (optional)."""

import contextlib
import logging
from pathlib import Path
import tempfile

import numpy as np

KINDS = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv", ".ogv")
INSTALL = "python3 -m pip install 'nst-course[film]'"


def decode_video(path, size, most_bytes):
    """All frames of a video: ([(H, W, 3), uint8, ...], frames per second). size: longer side.

    Raises ImportError without imageio-ffmpeg; ValueError, in one sentence, for what ffmpeg cannot read and for a video
    that takes more than most_bytes.
    """
    ffmpeg = _ffmpeg()
    scale = f"scale='if(gte(iw,ih),{size},-1)':'if(gte(iw,ih),-1,{size})':flags=lanczos"
    reading = ffmpeg.read_frames(str(Path(path).absolute()), pix_fmt="rgb24", output_params=["-vf", scale])
    frames = []
    with contextlib.closing(reading):
        try:
            about = next(reading)
            width, height = about["size"]
            for data in reading:
                frames.append(np.frombuffer(data, "uint8").reshape(height, width, 3))
                if 3 * height * width * len(frames) > most_bytes:
                    break
        except (OSError, RuntimeError, StopIteration, ValueError, KeyError):
            frames = []
    if not frames:
        raise ValueError(f"{path} is not a video that can be read here: open it in another program, and save it as "
                         "MP4.")
    if frames[0].nbytes * len(frames) > most_bytes:
        raise ValueError(f"{path} has more frames than can be held at {width} x {height} pixels ({len(frames)} of "
                         "them): ask for a smaller size, or cut the film.")
    return frames, float(about["fps"])


def encode_video(frames, fps):
    """frames: an iterator of (H, W, 3), uint8. Returns the bytes of an MP4 (H.264), for browsers and telephones.

    Sides have to be even there: where one is odd, its last row or column is repeated.
    """
    ffmpeg = _ffmpeg()
    with tempfile.TemporaryDirectory() as folder:
        path, writing = Path(folder) / "film.mp4", None
        for frame in frames:
            frame = np.pad(frame, [(0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)], "edge")
            if writing is None:
                writing = ffmpeg.write_frames(
                    str(path), frame.shape[1::-1], fps=fps, codec="libx264", macro_block_size=1,
                    output_params=["-crf", "16", "-movflags", "+faststart"])
                writing.send(None)
            writing.send(np.ascontiguousarray(frame))
        writing.close()
        return path.read_bytes()


def check_video():
    """Raise ImportError, which says what to install, where imageio-ffmpeg is missing."""
    _ffmpeg()


def _ffmpeg():
    try:
        import imageio_ffmpeg
    except ImportError:
        raise ImportError(f"Video files need imageio-ffmpeg, which is not installed: {INSTALL}") from None
    logging.getLogger("imageio_ffmpeg").setLevel(logging.ERROR)  # that a film is made smaller is no news
    return imageio_ffmpeg
