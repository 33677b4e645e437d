"""Tensors of any revision of a dits repository, read lazily and without a checkout.

>>> import dits
>>> model = dits.open(".").rev("main")["model.safetensors"]
>>> model["model.norm.weight"].numpy()
"""

from ._program import Error, program
from ._repository import File, Repository, Revision, open
from ._tensor import Tensor

__all__ = ["Error", "File", "Repository", "Revision", "Tensor", "open", "program"]
