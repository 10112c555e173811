"""Fetches the torrent of a torrent file with libtorrent from the web seeds that it names, over loopback alone.

Usage: libtorrent-web-seed.py FOLDER TORRENT_FILE

Ends with 0 once it has all of it.
"""

import sys
import time

import libtorrent as lt

folder, torrent_file = sys.argv[1:]
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "alert_mask": lt.alert.category_t.all_categories,
    }
)
torrent = session.add_torrent({"ti": lt.torrent_info(torrent_file), "save_path": folder})

LIMIT_S = 30
started = time.monotonic()
while time.monotonic() - started < LIMIT_S:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        if isinstance(alert, lt.url_seed_alert):
            print(alert.message())
        elif isinstance(alert, lt.torrent_finished_alert):
            torrent.flush_cache()
            session.remove_torrent(torrent)
            sys.exit(0)
sys.exit(1)
