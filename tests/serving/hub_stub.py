"""A stand-in for the Hugging Face Hub on this machine: one repository, in memory, over HTTP."""

import base64
import contextlib
import hashlib
import http.server
import json
import re
import threading

_COMMIT = "a" * 40


class Hub(http.server.ThreadingHTTPServer):
    """The server.

    Attributes:
        files: Contents of the files of each repository, by its name.
        commits: Messages of the commits.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.commits = {}, []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        files = self.server.files
        if self.path == "/api/repos/create":
            asked = json.loads(body)
            name = "/".join(filter(None, (asked.get("organization"), asked["name"])))
            files.setdefault(name, {})
            self._answer({"url": f"{self.server.address}/{name}"})
        elif self.path == "/api/validate-yaml":
            self._answer({"errors": [], "warnings": []})
        elif match := re.fullmatch(r"/api/models/(\w+/\w+)/preupload/main", self.path):
            paths = [each["path"] for each in json.loads(body)["files"]]
            self._answer({"files": [{"path": path, "uploadMode": "regular", "shouldIgnore": False} for path in paths]})
        elif match := re.fullmatch(r"/api/models/(\w+/\w+)/commit/main", self.path):
            lines = [json.loads(line) for line in body.splitlines()]
            for line in lines:
                value = line["value"]
                if line["key"] == "file":
                    files[match[1]][value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "header":
                    self.server.commits.append(value["summary"])
            self._answer({"commitUrl": f"{self.server.address}/{match[1]}/commit/{_COMMIT}", "commitOid": _COMMIT})
        else:
            self._answer({"error": self.path}, 404)

    def do_GET(self):
        path = self.path.partition("?")[0]
        if match := re.fullmatch(r"/api/models/(\w+/\w+)(/revision/\w+)?", path):
            found = self.server.files.get(match[1])
            if found is None:
                self._answer({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
            else:
                siblings = [{"rfilename": name, "size": len(content)} for name, content in found.items()]
                self._answer({"id": match[1], "modelId": match[1], "sha": _COMMIT, "siblings": siblings})
        elif match := re.fullmatch(r"/api/models/(\w+/\w+)/tree/\w+/?", path):
            found = self.server.files.get(match[1], {})
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                for name, content in found.items()
            ]
            self._answer(tree)
        elif match := re.fullmatch(r"/(\w+/\w+)/resolve/\w+/(.*)", path):
            content = self.server.files[match[1]].get(match[2])
            if content is None:
                self._answer({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
            else:
                headers = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": _COMMIT}
                self._send(content, 200, headers)
        else:
            self._answer({"error": path}, 404)

    def do_HEAD(self):
        self.do_GET()

    def _answer(self, value, status=200, headers=None):
        self._send(json.dumps(value).encode(), status, {"Content-Type": "application/json", **(headers or {})})

    def _send(self, content, status, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@contextlib.contextmanager
def running():
    """The Hub runs in this context."""
    with Hub() as hub:
        thread = threading.Thread(target=hub.serve_forever)
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()
