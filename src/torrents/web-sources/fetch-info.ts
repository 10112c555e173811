import type { InfoHash } from '../../domain/info-hash.ts'
import { encodeInfo } from '../../formats/torrent-file.ts'
import { parseTorrentFile } from '../../formats/torrent-parser.ts'
import { MAX_METADATA_BYTES } from '../client/download.ts'
import { askHttp, leave, readWhole, type HttpQuestion } from './ask-http.ts'
import { HttpFailure } from './http-failure.ts'

/** With what may stand beside the info dictionary. */
const MAX_BYTES = MAX_METADATA_BYTES + 65_536
const FILE_MS = 120_000

/**
 * Fetches a torrent file, and takes the info dictionary out of it: nothing else that it says is used.
 *
 * @returns Its SHA-1 is the info hash.
 * @throws HttpFailure; NEVER where it is another torrent, or none of the archive format.
 */
export async function fetchInfo(question: HttpQuestion, infoHash: InfoHash): Promise<Uint8Array> {
  const { url } = question
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(FILE_MS)])
  const answer = await askHttp({ ...question, signal })
  if (answer.statusCode !== 200) return leave(answer, 'NEVER', `${url} answers ${answer.statusCode}`)
  const parsed = parseTorrentFile(await readWhole(answer, MAX_BYTES))
  if (!parsed.ok || parsed.value.infoHash !== infoHash)
    throw new HttpFailure('NEVER', `${url} gives no torrent file of ${infoHash}`)
  return encodeInfo(parsed.value)
}
