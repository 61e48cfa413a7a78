"""Components with a browser side, and the files that the browser fetches."""
