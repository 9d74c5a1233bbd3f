"""A view model for every page: what its template is promised, filled with a small made-up story."""

from tests.frontend.samples.case import CASE
from tests.frontend.samples.forms import island
from tests.frontend.samples.frame import DEMO, ME, NOW
from tests.frontend.samples.pages import PAGES
from tests.frontend.samples.task import TASK_PAGE

__all__ = ["CASE", "DEMO", "ME", "NOW", "PAGES", "TASK_PAGE", "island"]
