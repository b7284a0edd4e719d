"""duckdb_package.py - DuckDB in an environment of its own."""
import os
import subprocess
import sys

SKIPPED = 77
VERSION = "1.4.1"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def enter_environment(venv):
    """Returns where duckdb can be imported: at once, or in `venv`, which is made and filled where it is missing."""
    python = os.path.join(venv, "bin", "python")
    if os.path.abspath(sys.prefix) == os.path.abspath(venv):
        return
    if not has_package(python):
        try:
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"duckdb=={VERSION}"], check=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            skip(f"DuckDB cannot be installed: {error}")
    os.execv(python, [python] + sys.argv)


def has_package(python):
    if not os.path.exists(python):
        return False
    version = subprocess.run([python, "-c", "import duckdb; print(duckdb.__version__)"], capture_output=True, text=True, check=False)
    return version.stdout.strip() == VERSION
