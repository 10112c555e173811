import type { Result } from '../../src/domain/result.ts'
import { parseBencode, readBencode } from '../../src/formats/bencode-parser.ts'
import { decodeMessage, encodeMessage } from '../../src/formats/message-encoding.ts'
import { parseTorrentFile } from '../../src/formats/torrent-parser.ts'
import { readGoldenCase } from '../support/golden.ts'
import { describeHostileDecoding } from '../support/hostile-decoding.ts'

const GOOD = goodBytes()

/** What each decoder has to take, so that it is tampering that is refused. */
function goodBytes(): Readonly<Record<'message' | 'torrent', Uint8Array>> {
  const [step] = readGoldenCase('boundaries').steps
  const [recorded] = step?.messages ?? []
  const torrent = step?.written?.torrent
  if (torrent === undefined || recorded === undefined) throw new Error('The golden case is not whole')
  return { message: encodeMessage(recorded), torrent }
}

function tryReading(bytes: Uint8Array): Result<unknown, null> {
  const read = readBencode(bytes)
  return read === null ? { ok: false, error: null } : { ok: true, value: read }
}

describeHostileDecoding([
  ['decodeMessage', decodeMessage, GOOD.message],
  ['parseBencode', parseBencode, GOOD.torrent],
  ['readBencode', tryReading, GOOD.torrent],
  ['parseTorrentFile', (bytes) => parseTorrentFile(bytes), GOOD.torrent],
])
