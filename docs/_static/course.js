// A page that was opened from a folder may not read the other pages, so search shows their titles only.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// What is wider than its frame can be moved with the arrow keys, too.
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("article pre, .table-wrapper, .output, mjx-container")) {
    if (frame.scrollWidth > frame.clientWidth && getComputedStyle(frame).overflowX !== "visible") {
      frame.tabIndex = 0;
    }
  }
});
