"""Fill a case with a break-in of which every name is hostile: report_case.py CASE"""
import sqlite3
import sys

BEGIN = 1795000000 * 10**9
HOUR = 3600 * 10**9
EVIL = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>&lt;%s"

db = sqlite3.connect(sys.argv[1])


def put(table, **row):
    row = {"host": 1, **row}
    db.execute("INSERT INTO %s (%s) VALUES (%s)" % (table, ",".join('"%s"' % k for k in row),
                                                     ",".join("?" * len(row))), list(row.values()))
    return db.execute("SELECT last_insert_rowid()").fetchone()[0]


def member(path, **row):
    return put("object", **{"path": path, "member": "[root]" + path, "type": "file", "gap": "none", "result": "ok",
                            "mode": 0o100755, "uid": 0, "gid": 0, "size": 5, "mtime": BEGIN - 50 * HOUR,
                            "ctime": BEGIN - 50 * HOUR, "btime": BEGIN - 50 * HOUR, "sha256": bytes(32), **row})


db.execute('UPDATE host SET name = ?, "begin" = ?, "end" = ?', (EVIL, BEGIN, BEGIN + HOUR))
wtmp = member("/var/log/wtmp")
for i in range(40):
    put("login", object=wtmp, pos=i * 384, source="btmp", kind="failed", user="root", address="203.0.113.9",
        time=BEGIN - 60 * HOUR + i * HOUR // 60)
for i in range(8):
    put("login", object=wtmp, pos=i * 384, source="wtmp", kind="login", user=EVIL, tty=EVIL, address="203.0.113.9",
        time=BEGIN - 55 * HOUR + i * 6 * HOUR)
member("/tmp/." + EVIL, type="directory", mode=0o40777)
for i in range(30):
    member("/tmp/.d%d/%s" % (i, EVIL))
put("account", object=wtmp, pos=3, line=2, name=EVIL, uid=0, gid=0, home=EVIL, shell=EVIL)
put("job", object=wtmp, line=2, kind="cron", name=EVIL, owner=EVIL, schedule=EVIL, command="/tmp/" + EVIL)
for i in range(12):
    put("command", object=wtmp, line=i + 1, source="bash", user="root", time=BEGIN - 40 * HOUR + i * HOUR,
        text="history -c " + EVIL)
put("process", object=wtmp, pid=1, ppid=0, name="init", cmdline="/sbin/init", exe="/sbin/init", exe_kind="file",
    start=BEGIN - 70 * HOUR, euid=0)
put("process", object=wtmp, pid=9, ppid=1, name=EVIL, cmdline=EVIL, exe="/tmp/" + EVIL, exe_kind="file",
    start=BEGIN - 30 * HOUR, euid=0)
put("open_file", object=wtmp, pid=9, fd=3, kind="socket", ino=77)
put("socket", object=wtmp, protocol="tcp", state="ESTABLISHED", local="10.0.0.1", local_port=4000, remote="203.0.113.9",
    remote_port=6667, ino=77)
for i in range(25):
    put("web", object=wtmp, line=i + 1, kind="access", address="192.0.2.%d" % (i % 9 + 1), method="GET", url=EVIL,
        script=EVIL, status=200, time=BEGIN - i * HOUR)
put("note", object=wtmp, pos=9, parser="utmp", kind="gap", text=EVIL)
db.commit()
