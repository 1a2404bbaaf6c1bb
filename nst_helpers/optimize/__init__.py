"""From a loss to a picture: `minimize` with its methods and its Result, and runs through several sizes."""

from nst_helpers.optimize.methods import METHODS
from nst_helpers.optimize.minimizer import check_run, minimize
from nst_helpers.optimize.multiscale import minimize_in_stages
from nst_helpers.optimize.result import Result

__all__ = ["METHODS", "Result", "check_run", "minimize", "minimize_in_stages"]
