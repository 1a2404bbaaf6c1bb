"""What `stylize_many` gives back: a table with a row for each picture, and the pictures."""

import base64
import csv
import html
import io

from nst_helpers._io.atomic import write_whole
from nst_helpers.images import load_image, resize_image, to_bytes
from nst_helpers.many.folder import checked_folder, file_name, finished_record, write_picture
from nst_helpers.many.sheet import contact_sheet

import numpy as np

INTERRUPTED = "interrupted"  # the message of a Result that was
NOT_YET = "not painted: the run was interrupted before"
THUMBNAIL = 72  # pixels
MOST_ROWS = 100  # of a table in a notebook


class Many:
    """Rows and pictures, in the order they were asked for.

    rows: a dictionary for each picture: "photo", "painting", each option of which several values were tried, "losses"
    (a dictionary by name), "evaluations", "seconds", "message" (why it stopped), "error" (None, or what went wrong; the
    numbers are missing then), and "file" where there is a folder.
    """

    def __init__(self, jobs):
        self.jobs = jobs
        self.rows = [{**job.labels, "losses": {}, "evaluations": None, "seconds": None, "message": None,
                      "error": NOT_YET} for job in jobs]
        self.records, self._pictures = [None] * len(jobs), [None] * len(jobs)

    @property
    def images(self):
        """The pictures (1, H, W, 3) in [0, 1], None where there is none; read anew where they lie in a folder."""
        return [self._image(number) for number in range(len(self))]

    def fill(self, number, picture, record, error=None):
        """Enter a picture (array, path or None), its record, and perhaps what went wrong."""
        told = {} if record is None else record["result"]
        self.rows[number].update({name: told[name] for name in ("losses", "evaluations", "seconds", "message")
                                  if name in told}, error=error)
        self._pictures[number], self.records[number] = picture, record

    def contact_sheet(self, height=1.8):
        """All pictures side by side, each with what differs, as a matplotlib Figure. height: of each in inches."""
        return contact_sheet([job.labels for job in self.jobs], [row["error"] for row in self.rows],
                             map(self._image, range(len(self))), height)

    def save(self, folder, overwrite=False):
        """Write all pictures that are finished, table.csv and contact_sheet.png. Returns the folder's path.

        Pictures that are there stay. Raises FileExistsError for a table or a sheet that is there, unless
        overwrite=True; another OSError where nothing can be written.
        """
        folder = checked_folder(folder)
        for name in ("table.csv", "contact_sheet.png"):
            if (folder / name).exists() and not overwrite:
                raise FileExistsError(f"{folder / name} is there already: choose another folder, or pass "
                                      "overwrite=True to replace it.")
        for number, (job, row) in enumerate(zip(self.jobs, self.rows)):
            path = folder / file_name(job)
            finished = self._pictures[number] is not None and row["message"] != INTERRUPTED
            if finished and finished_record(path, job.key) is None:
                write_picture(path, self._image(number), self.records[number])
        write_whole(folder / "table.csv", self._csv().encode("utf-8-sig"))  # the mark tells Excel that it is UTF-8
        sheet = io.BytesIO()
        self.contact_sheet().savefig(sheet, format="png", dpi=100)
        write_whole(folder / "contact_sheet.png", sheet.getvalue())
        return folder

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        wrong = sum(row["error"] is not None for row in self.rows)
        return f"{len(self)} pictures asked for, {len(self) - wrong} painted" + (f", {wrong} not" if wrong else "")

    def _repr_html_(self):
        names, rows = self._cells(lambda value: f"{value:.4g}" if isinstance(value, float) else str(value))
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ["picture", *names])
        lines = [f"<tr><td>{self._thumbnail(number)}</td>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row)
                 + "</tr>" for number, row in enumerate(rows[:MOST_ROWS])]
        more = f" The first {MOST_ROWS} of them:" if len(rows) > MOST_ROWS else ""
        return f"<p>{self!r}.{more}</p><table><tr>{head}</tr>{''.join(lines)}</table>"

    def _image(self, number):
        picture = self._pictures[number]
        return picture if picture is None or isinstance(picture, np.ndarray) else load_image(picture)

    def _thumbnail(self, number):
        image = self._image(number)
        if image is None:
            return ""
        data = base64.b64encode(to_bytes(resize_image(np.clip(image, 0, 1), THUMBNAIL), "jpeg", 85)).decode()
        alt = html.escape(", ".join(map(str, self.jobs[number].labels.values())))
        return f'<img src="data:image/jpeg;base64,{data}" alt="{alt}">'

    def _cells(self, written=str):
        """Names of columns, and rows of texts: each loss in a column of its own, and no column that is empty."""
        losses = dict.fromkeys(name for row in self.rows for name in row["losses"])
        flat = [{**{name: value for name, value in row.items() if name not in ("losses", "message", "error")},
                 **{f"{name} loss": row["losses"].get(name) for name in losses}, "message": row["message"],
                 "error": row["error"]} for row in self.rows]
        names = [name for name in flat[0] if name in self.jobs[0].labels or any(row[name] is not None for row in flat)]
        return names, [["" if row[name] is None and name not in self.jobs[0].labels else written(row[name])
                        for name in names] for row in flat]

    def _csv(self):
        names, rows = self._cells()
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([names, *rows])
        return text.getvalue()
