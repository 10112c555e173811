"""Fetches what a magnet link names with libtorrent, over loopback alone, and prints what happened.

Usage: libtorrent-fetch.py FOLDER MAGNET ENCRYPTION
ENCRYPTION is `forced` (with no peer in plain text), `enabled` or `disabled` (plain text alone).

Prints one JSON object: `transferMs` from the metadata to the last byte, `connectedMs` from the first connection to it;
or `refused`, why a peer that it dialled was left before that.
"""

import json
import sys
import time

import libtorrent as lt

folder, magnet, encryption = sys.argv[1:]
policy = {"forced": 0, "enabled": 1, "disabled": 2}[encryption]

session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        # Else a leecher that is gone, on the same address, hides the node.
        "allow_multiple_connections_per_ip": True,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "in_enc_policy": policy,
        "out_enc_policy": policy,
        "allowed_enc_level": 2 if encryption == "forced" else 3,
        "alert_mask": lt.alert.category_t.all_categories,
    }
)
params = lt.parse_magnet_uri(magnet)
params.save_path = folder
torrent = session.add_torrent(params)

LIMIT_S = 30
started = time.monotonic()
connected = described = None
dialled = set()
while time.monotonic() - started < LIMIT_S:
    session.wait_for_alert(1000)
    now = time.monotonic()
    for alert in session.pop_alerts():
        if isinstance(alert, lt.peer_connect_alert):
            connected = connected or now
            # The node dials too, in its own way first: how that ends says nothing.
            if "outgoing" in alert.message():
                dialled.add(alert.endpoint)
        elif isinstance(alert, lt.metadata_received_alert):
            described = now
        elif isinstance(alert, lt.torrent_finished_alert) and described is not None:
            milliseconds = {"transferMs": (now - described) * 1000, "connectedMs": (now - (connected or now)) * 1000}
            torrent.flush_cache()
            session.remove_torrent(torrent)
            print(json.dumps(milliseconds))
            sys.exit(0)
        elif isinstance(alert, lt.peer_disconnected_alert) and described is None and alert.endpoint in dialled:
            if "[connect]" in alert.message():
                continue  # A leecher that is gone, whom the tracker still names.
            print(json.dumps({"refused": alert.message()}))
            sys.exit(0)
print(json.dumps({"refused": "nothing came in time"}))
