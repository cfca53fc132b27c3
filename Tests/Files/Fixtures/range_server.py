"""Serves the files of a folder on a free port of this machine, which it prints, and writes what was asked for, with the
range, to a log. The first part of an address says how well: `good`; `broken` ends in the middle of a file; `slow` waits there;
`wrong` sends as many other bytes; `ignorant` knows no ranges; `absent` has nothing.

    python3 range_server.py FOLDER LOG
"""
import http.server
import pathlib
import sys
import time

folder, log = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        manner, name = self.path.strip("/").split("/")
        asked = self.headers.get("Range", "")
        with log.open("a") as lines:
            lines.write(f"{manner} {name} {asked}\n")
        if manner == "absent":
            self.send_error(404)
            return
        data = (folder / name).read_bytes()
        if manner == "wrong":
            data = bytes(255 - byte for byte in data)
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked and manner != "ignorant" else 0
        if start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if manner in ("broken", "slow"):
            self.wfile.write(data[start : start + max(1, (len(data) - start) // 2)])
            self.wfile.flush()
            if manner == "slow":
                time.sleep(60)
            return
        self.wfile.write(data[start:])

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
