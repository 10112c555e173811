"""Serves torrents with libtorrent, over loopback alone, until it is killed.

Usage: libtorrent-seed.py FOLDER TORRENT...
"""

import signal
import sys

import libtorrent as lt

folder, *paths = sys.argv[1:]
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "allow_multiple_connections_per_ip": True,
    }
)
for path in paths:
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(path)
    params.save_path = folder
    session.add_torrent(params)
signal.pause()
