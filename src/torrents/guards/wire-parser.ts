/* oxlint-disable no-underscore-dangle -- webtorrent has no public way to this; see webtorrent.d.ts. */
import Wire from 'bittorrent-protocol'
import { createKeyExchange } from '../seeder/shared-diffie-hellman.ts'

/** Told what made webtorrent throw while it parsed the bytes of a wire's peer. */
export type FaultHandlers = WeakMap<Wire, (cause: unknown) => void>

const handlers: FaultHandlers = new WeakMap()
let patched = false

/**
 * Changes webtorrent's wire class, once a process, in three ways that have no other place:
 *
 * - An exception while the bytes of a peer are parsed ends that peer's connection, and not the
 *   process. Bytes are parsed before a guard is installed too: a Diffie-Hellman key of zeros throws.
 * - After the handshake of an incoming connection, parsing rests for one turn of the event loop.
 *   webtorrent looks the torrent up meanwhile; frames sent along with the handshake would be acted on
 *   before any guard could be, and an extended handshake among them would be lost.
 * - Encrypted connections share the group of their key exchange, see `createKeyExchange`.
 *
 * @returns Where to say what shall happen on an exception, in addition to the disconnection.
 * @throws When the wire class is not the one that this was written for.
 */
export function patchWireParser(): FaultHandlers {
  if (!patched) patch(Wire.prototype)
  patched = true
  return handlers
}

/** Parses nothing more from the peer, and closes the connection. */
export function disconnect(wire: Wire): void {
  wire._parse(Number.MAX_VALUE, () => undefined)
  wire._buffer = []
  wire._bufferSize = 0
  wire.destroy()
}

function patch(prototype: Wire): void {
  const { _processBuffer: processBuffer, _onHandshakeBuffer: onHandshake, startEncryption } = prototype
  if ([processBuffer, onHandshake, startEncryption].some((method) => typeof method !== 'function')) {
    throw new Error('Cannot guard the wires: bittorrent-protocol is not of version 5.0')
  }

  prototype._processBuffer = function (this: Wire) {
    try {
      shareGroup(this)
      processBuffer.call(this)
    } catch (cause) {
      disconnect(this)
      handlers.get(this)?.(cause)
    }
  }

  prototype.startEncryption = function (this: Wire, infoHash) {
    shareGroup(this)
    startEncryption.call(this, infoHash)
  }

  prototype._onHandshakeBuffer = function (this: Wire, handshake) {
    onHandshake.call(this, handshake)
    if (!this.type.endsWith('Incoming')) return
    this._pePending = true
    setImmediate(() => {
      this._pePending = false
      this._processBuffer()
    })
  }
}

function shareGroup({ _encryptor: encryptor }: Wire): void {
  if (encryptor && encryptor._dh === null) encryptor._dh = createKeyExchange()
}
