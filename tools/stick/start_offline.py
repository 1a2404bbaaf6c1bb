"""Install the course from the packages on this stick, without the internet, and start JupyterLab.

    python3 start_offline.py          (Windows: py start_offline.py)

It needs Python 3.12. The first start takes a minute or two and 2 GB on the disk; copy the whole folder to the
computer first, since a stick is slow. What you write after the name goes on to the course.
"""

from pathlib import Path
import subprocess
import sys
import venv

HERE = Path(__file__).resolve().parent
PACKAGES = {"linux": "linux", "win32": "windows", "darwin": "macos"}
PYTHON = (3, 12)


def main():
    if sys.version_info[:2] != PYTHON:
        sys.exit(f"This stick has packages for Python {PYTHON[0]}.{PYTHON[1]}; this is {sys.version.split()[0]}. "
                 f"Start it with that Python, such as python{PYTHON[0]}.{PYTHON[1]}.")
    packages = HERE / "packages" / PACKAGES.get(sys.platform, "none")
    if not packages.is_dir():
        sys.exit(f"This stick has no packages for {sys.platform}.")
    place = HERE / ".venv"
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    if not (place / "ready").exists():
        print("Installing the course. This is done once.", flush=True)
        venv.create(place, with_pip=True, clear=True)
        offline = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(packages)]
        python = str(programs / "python")
        subprocess.run([python, *offline, "setuptools", "wheel"], check=True)
        course = ["-r", str(HERE / "requirements.txt"), "-e", str(HERE)]
        subprocess.run([python, *offline, "--no-build-isolation", *course], check=True)
        (place / "ready").touch()
    sys.exit(subprocess.run([str(programs / "course"), *sys.argv[1:]]).returncode)


if __name__ == "__main__":
    main()
