#!/usr/bin/env python3
"""scan_test.py PROGRAM: every carrier is found, nothing else is, and no key is printed."""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import keys as made

PROGRAM = ""
GIT = ["git", "-c", "user.email=a@example.org", "-c", "user.name=A Name", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main", "-c", "gc.auto=0"]


def scan(*words, stdin=None, folder=None, seconds=300):
    return subprocess.run([PROGRAM, "scan", *map(str, words)], input=stdin, capture_output=True, timeout=seconds, cwd=folder, check=False)


def found(result):
    return {f["fingerprint"]: f for f in json.loads(result.stdout)["findings"]}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="locksmith-scan-"))
        self.keys = made.Keys(20261201)

    def tearDown(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.folder], check=False)
        shutil.rmtree(self.folder)

    def put(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def print_of(self, key):
        import hashlib
        return hashlib.sha256(key.encode()).hexdigest()[:16]

    clock, step = 1_760_000_000, 60

    def git(self, *words):
        self.clock += self.step
        times = {"GIT_COMMITTER_DATE": f"{self.clock} +0000", "GIT_AUTHOR_DATE": f"{self.clock} +0000"}
        return subprocess.run([*GIT, *words], cwd=self.folder, check=True, capture_output=True, text=True, env={**os.environ, **times}).stdout


class Carriers(Folder):
    def all_of(self, kind):
        key_of = {}
        noise = self.keys.data(37)
        for maker in (made.text_carriers, made.binary_carriers):
            key = self.keys.claude(kind)
            for index, (name, data) in enumerate(maker(key, noise)):
                if data is None:
                    continue
                # Each with a key of its own, so that none is found in another's stead.
                own = self.keys.claude(kind)
                data = dict(maker(own, noise))[name]
                path = self.put(f"{maker.__name__}/{index}-{re.sub('[^a-z0-9]', '_', name)}", data)
                key_of[self.print_of(own)] = (name, path)
        return key_of

    def test_every_carrier_of_every_kind(self):
        total = 0
        for kind in made.TYPES:
            key_of = self.all_of(kind)
            total += len(key_of)
            result = scan(self.folder, "--json")
            self.assertEqual(result.returncode, 1, result.stderr)
            seen = found(result)
            missed = [name for print_, (name, _) in key_of.items() if print_ not in seen]
            self.assertEqual(missed, [], kind)
            self.assertEqual([f for f in seen if f not in key_of], [], "found what nobody put there")
            for print_, (_, path) in key_of.items():
                self.assertIn(str(path), {p["path"] for p in seen[print_]["places"]})
            shutil.rmtree(self.folder)
            self.folder.mkdir()
        self.assertGreater(total, 500)

    @unittest.skipUnless(shutil.which("g++"), "no compiler")
    def test_what_compilers_make_of_it(self):
        sources = {
            "string": 'std::string k = "{}"; int main(int c, char**) {{ return k.size() + c; }}',
            "array": 'int main(int c, char**) {{ volatile char k[] = "{}"; return k[c]; }}',
            "local": 'std::string f() {{ return std::string("{}"); }} int main() {{ return f().size(); }}',
            "vector": 'int main() {{ std::vector<std::string> v{{"a", "{}", "b"}}; return v.size(); }}',
        }
        expected = {}
        for name, source in sources.items():
            for level in ["-O0", "-O1", "-O2", "-O3"]:
                key = self.keys.claude()
                path = self.put(f"src-{name}{level}.cc", "")
                program = self.folder / f"bin/{name}{level}"
                program.parent.mkdir(exist_ok=True)
                path.write_text("#include <string>\n#include <vector>\n" + source.format(key))
                subprocess.run(["g++", level, "-o", program, path], check=True, capture_output=True)
                path.unlink()
                expected[self.print_of(key)] = f"{name} {level}"
        key = self.keys.claude()
        import py_compile
        py_compile.compile(self.put("m.py", f"k = '{key}'\n"), cfile=str(self.folder / "bin/m.pyc"))
        (self.folder / "m.py").unlink()
        expected[self.print_of(key)] = "pyc"
        seen = found(scan(self.folder, "--json"))
        self.assertEqual([name for p, name in expected.items() if p not in seen], [])

    def test_nothing_in_near_misses(self):
        count = 0
        for index, text in enumerate(made.near_misses(self.keys)):
            self.put(f"n/{index}", f"key = '{text}'\n{text}\n")
            count += 1
        self.assertGreater(count, 200)
        result = scan(self.folder, "--json")
        self.assertEqual([f["places"][0] for f in found(result).values()], [])
        self.assertEqual(result.returncode, 0)


class NoSecret(Folder):
    def test_no_output_holds_a_key(self):
        key = self.keys.claude()
        self.put("a.env", f"K={key}\n")
        self.put("b.zip", made.zip_of({"c": key.encode()}))
        self.put(f"file-{key}.txt", f"{key}\n")
        named = self.keys.claude()
        self.put(f"{named}/{named}", "nothing in it")
        self.assertIn(self.print_of(named), found(scan(self.folder, "--json")))
        for words in [[], ["--json"], ["--format", "sarif"], ["--format", "github"], ["--format", "gitlab"], ["--plain"], ["--write-baseline", self.folder / "base"]]:
            result = scan(self.folder, *words)
            whole = result.stdout + result.stderr
            self.assertEqual(result.returncode, 1, whole)
            for part in range(13, len(key) - 12, 6):
                self.assertNotIn(key[part:part + 12].encode(), whole, words)
        self.assertNotIn(key[20:40], (self.folder / "base").read_text())

    def test_hostile_names_steer_no_terminal(self):
        self.put("a\x1b[2J\u202eb\nc", self.keys.claude())
        for words in [[], ["--format", "github"]]:
            out = scan(self.folder, *words).stdout.decode()
            self.assertNotIn("\x1b[2J", out)
            self.assertNotIn("\u202e", out)


class Formats(Folder):
    def test_sarif_has_what_the_standard_wants(self):
        key = self.keys.claude()
        self.put("a b.env", f"\nK={key}\n")
        log = json.loads(scan(".", "--format", "sarif", folder=self.folder).stdout)
        self.assertEqual(log["version"], "2.1.0")
        run = log["runs"][0]
        self.assertTrue(run["tool"]["driver"]["name"])
        result = run["results"][0]
        self.assertIn(result["ruleId"], [r["id"] for r in run["tool"]["driver"]["rules"]])
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "a%20b.env")
        self.assertEqual(place["region"], {"startLine": 2, "startColumn": 3})
        self.assertTrue(result["message"]["text"])

    def test_annotations(self):
        self.put("a.env", f"K={self.keys.claude()}\n")
        line = scan(".", "--format", "github", folder=self.folder).stdout.decode()
        self.assertTrue(line.startswith("::error file=a.env,line=1,col=3,"), line)
        report = json.loads(scan(".", "--format", "gitlab", folder=self.folder).stdout)
        self.assertEqual(report[0]["location"], {"path": "a.env", "lines": {"begin": 1}})

    def test_a_baseline_leaves_out_what_it_knows(self):
        key = self.keys.claude()
        self.put("t/a.env", f"K={key}\n")
        base = self.folder / "base"
        self.assertEqual(scan("t", "--write-baseline", base, folder=self.folder).returncode, 1)
        self.assertRegex(base.read_text(), r"^[0-9a-f]{16} t/a\.env api-key\n$")
        self.put("t/a.env", f"\n\nK={key}\n")  # another line
        self.assertEqual(scan("t", "--baseline", base, folder=self.folder).returncode, 0)
        self.put("t/b.env", f"K={key}\n")
        self.assertEqual(scan("t", "--baseline", base, folder=self.folder).returncode, 1)
        base.write_text("no baseline\n")
        result = scan("t", "--baseline", base, folder=self.folder)
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"baseline_invalid", result.stderr)

    def test_a_line_may_allow_its_key(self):
        self.put("a.py", f"k = '{self.keys.claude()}'  # locksmith:allow\n")
        result = scan(self.folder)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"locksmith:allow", result.stdout)


class Git(Folder):
    def commit(self, message="a change"):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def history(self, packed):
        deleted, message, unreachable, stashed = (self.keys.claude() for _ in range(4))
        self.git("init", "-q", ".")
        self.put("README", "text\n" * 200)
        self.commit()
        for i in range(30):
            self.put("src/app.py", "line\n" * 300 + f"n = {i}\n" + (f"k = '{deleted}'\n" if 10 <= i < 12 else ""))
            self.commit()
        self.commit(f"oops: {message}")
        self.git("checkout", "-q", "-b", "gone")
        self.put("x", unreachable)
        self.commit()
        self.git("checkout", "-q", "main")
        self.git("branch", "-q", "-D", "gone")
        self.put("README", stashed)
        self.git("stash", "-q")
        if packed:
            self.git("repack", "-q", "-a", "-d", "-k")
            self.git("prune-packed")
        return deleted, message, unreachable, stashed

    def check(self, packed):
        deleted, message, unreachable, stashed = self.history(packed)
        result = scan(self.folder)
        self.assertIn(b"--git does", result.stdout)  # what the reflog says of a message stands in a file
        result = scan(self.folder, "--git", "--json")
        seen = found(result)
        self.assertEqual(set(seen), {self.print_of(k) for k in (deleted, message, unreachable, stashed)})
        self.assertTrue(json.loads(result.stdout)["complete"])
        place = seen[self.print_of(deleted)]["places"][0]
        self.assertEqual(place["path"], str(self.folder / "src/app.py"))
        self.assertEqual(place["author"], "A Name <a@example.org>")
        first = self.git("log", "--reverse", "--format=%H", "-S", deleted).split()[0]
        self.assertEqual(place["commit"], first)
        self.assertEqual(place["later_versions"], 1)

    def test_every_loose_object(self):
        self.check(packed=False)

    def test_every_object_of_a_pack(self):
        self.check(packed=True)

    def test_the_oldest_commit_also_where_clocks_go_backwards(self):
        self.step = -60
        self.git("init", "-q", ".")
        self.put("README", "text")
        self.commit()
        key = self.keys.claude()
        self.put("a", key)
        for i in range(6):
            self.put("b", str(i))
            self.commit()
        first = self.git("log", "--reverse", "--format=%H", "-S", key).split()[0]
        place = found(scan(self.folder, "--git", "--json"))[self.print_of(key)]["places"]
        self.assertEqual([p["commit"] for p in place if "commit" in p], [first])

    def test_a_bare_repository(self):
        key = self.keys.claude()
        self.git("init", "-q", "w")
        (self.folder / "w/a").write_text(key)
        subprocess.run([*GIT, "add", "-A"], cwd=self.folder / "w", check=True)
        subprocess.run([*GIT, "commit", "-q", "-m", "x"], cwd=self.folder / "w", check=True)
        self.git("clone", "-q", "--bare", "w", "b.git")
        shutil.rmtree(self.folder / "w")
        self.assertEqual(set(found(scan(self.folder / "b.git", "--git", "--json"))), {self.print_of(key)})

    def test_staged_is_what_the_commit_would_hold(self):
        self.git("init", "-q", ".")
        old, new, unstaged = (self.keys.claude() for _ in range(3))
        self.put("old", old)
        self.commit()
        self.assertEqual(scan("--staged", folder=self.folder).returncode, 0)
        self.put("new", f"K={new}\n")
        self.git("add", "new")
        self.put("new", "clean again, and not staged\n")
        self.put("other", unstaged)
        result = scan("--staged", "--json", folder=self.folder)
        self.assertEqual(set(found(result)), {self.print_of(new)})
        for version in ["2", "3", "4"]:
            self.git("update-index", f"--index-version={version}")
            self.assertEqual(set(found(scan("--staged", "--json", folder=self.folder))), {self.print_of(new)}, version)

    def test_the_hook_refuses_a_key_and_lets_a_placeholder_pass(self):
        self.git("init", "-q", ".")
        path = os.environ["PATH"]
        os.environ["PATH"] = f"{pathlib.Path(PROGRAM).parent}:{path}"
        try:
            self.assertEqual(scan("--install-hook", folder=self.folder).returncode, 0)
            self.assertEqual(scan("--install-hook", folder=self.folder).returncode, 2)
            self.put("a", "K=sk-ant-api03-YOUR_KEY\n")
            self.commit()
            self.put("b", self.keys.claude())
            self.git("add", "-A")
            refused = subprocess.run([*GIT, "commit", "-q", "-m", "x"], cwd=self.folder, capture_output=True, check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(b"1 key found", refused.stdout + refused.stderr)
        finally:
            os.environ["PATH"] = path

    def test_a_damaged_pack_is_said(self):
        self.history(packed=True)
        pack = next((self.folder / ".git/objects/pack").glob("*.pack"))
        pack.chmod(0o644)
        data = bytearray(pack.read_bytes())
        chance = random.Random(3)
        for _ in range(12):
            data[chance.randrange(12, len(data) - 20)] ^= 0xff
        pack.write_bytes(data)
        self.assertFalse(json.loads(scan(self.folder, "--git", "--json").stdout)["complete"])
        pack.write_bytes(data[:len(data) // 2])
        self.assertFalse(json.loads(scan(self.folder, "--git", "--json").stdout)["complete"])
        next((self.folder / ".git/objects/pack").glob("*.idx")).unlink()
        self.assertFalse(json.loads(scan(self.folder, "--git", "--json").stdout)["complete"])


class Unread(Folder):
    def assert_said(self, result, words):
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertIn(words, result.stdout.decode())

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_file_that_may_not_be_read(self):
        self.put("a", "x").chmod(0)
        self.assert_said(scan(self.folder), "Permission denied")

    def test_what_is_not_there(self):
        self.assert_said(scan(self.folder / "nowhere"), "No such file")

    def test_an_encrypted_archive(self):
        data = bytearray(made.zip_of({"a": b"secret" * 100}))
        data[6] |= 1  # the flag of encryption, in both headers
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        self.put("a.zip", data)
        self.assert_said(scan(self.folder), "encrypted")

    def test_a_damaged_archive(self):
        self.put("a.tgz", made.tar_of({"a": os.urandom(90000)}, "w:gz")[:30000])
        self.assertEqual(scan(self.folder).returncode, 2)

    def test_archives_deeper_than_the_bound(self):
        data = self.keys.claude().encode()
        for i in range(7):
            data = made.zip_of({str(i): data})
        self.put("deep.zip", data)
        self.assert_said(scan(self.folder), "deep")

    def test_a_bomb_ends(self):
        self.put("bomb.gz", __import__("gzip").compress(__import__("gzip").compress(bytes(3_000_000_000 // 4)) * 2, 9))
        began = time.monotonic()
        result = scan(self.folder)
        self.assertIn(result.returncode, (0, 2))
        self.assertLess(time.monotonic() - began, 120)

    def test_strange_files(self):
        key = self.keys.claude()
        os.mkfifo(self.folder / "pipe")
        (self.folder / "loop").symlink_to(self.folder)
        (self.folder / "nothing").symlink_to("nowhere")
        with open(self.folder / "sparse", "wb") as out:
            out.truncate(100_000_000_000)
            out.seek(70_000_000_000)
            out.write(key.encode())
        result = scan(self.folder, "--json", seconds=60)
        self.assertEqual(set(found(result)), {self.print_of(key)})
        self.assertEqual(scan("/dev/zero", seconds=20).returncode, 2)
        self.assertEqual(scan(self.folder, "--git").returncode, 1)

    def test_a_long_file_is_read_whole_by_all_threads(self):
        expected = set()
        with open(self.folder / "long", "wb") as out:
            for i in range(9):
                out.write(bytes([65 + i]) * (20_000_000 + i))
                key = self.keys.claude()
                out.write(key.encode())
                expected.add(self.print_of(key))
        for threads in ["1", "3"]:
            self.assertEqual(set(found(scan(self.folder, "--threads", threads, "--json"))), expected)

    def test_standard_input_and_a_pipe(self):
        key = self.keys.claude()
        self.assertEqual(set(found(scan("-", "--json", stdin=b"x" * 3_000_000 + key.encode()))), {self.print_of(key)})
        self.assertEqual(set(found(scan("-", "--json", stdin=made.docker_image({}, {"etc/.env": key.encode()})))), {self.print_of(key)})

    def test_ctrl_c_says_what_was_covered(self):
        self.put("a.env", self.keys.claude())
        with open(self.folder / "big", "wb") as out:
            for _ in range(40):
                out.write(os.urandom(1_000_000) * 8)
        process = subprocess.Popen([PROGRAM, "scan", self.folder, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        out = process.stdout.read()
        process.wait(timeout=60)
        process.stdout.close()
        process.stderr.close()
        self.assertIn(process.returncode, (1, 2))
        self.assertIn(b"Stopped before the end", out)


class Verify(Folder):
    def setUp(self):
        super().setUp()
        self.emulator = subprocess.Popen([PROGRAM, "emulate", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.emulator.stderr.readline()
        match = re.search(r"127\.0\.0\.1:(\d+)", line)
        self.url = f"http://127.0.0.1:{match[1]}"

    def tearDown(self):
        self.emulator.terminate()
        self.emulator.communicate(timeout=30)
        super().tearDown()

    def test_live_is_told_and_other_hosts_are_refused(self):
        self.put("a", self.keys.claude())
        self.put("b", self.keys.claude("ort01"))
        result = scan(self.folder, "--verify", "--verify-at", self.url, "--json")
        states = {f["kind"]: f.get("state") for f in json.loads(result.stdout)["findings"]}
        self.assertEqual(states["refresh-token"], "unknown")
        self.assertIn(states["api-key"], ("live", "dead"))
        result = scan(self.folder, "--verify", "--verify-at", "https://example.org")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"verify_elsewhere", result.stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
