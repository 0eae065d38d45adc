"""The generated demo district: pure functions from a recipe to one frame per noun, and pictures of them.

Nothing here reads files or stores: the caller supplies the recipe's text and keeps the frames; pictures
(`aerial`, `street_view`) are arrays. No person, company or address in it exists.
"""

from mapdesk.demo.district import build_district
from mapdesk.demo.recipe import FILES, Recipe

__all__ = ["FILES", "Recipe", "build_district"]
