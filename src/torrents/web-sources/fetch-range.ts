import type { ByteRange } from '../web-seed/byte-range.ts'
import { askHttp, leave, readBody, type HttpQuestion } from './ask-http.ts'
import { HttpFailure } from './http-failure.ts'

/** For how long a range may take, however slowly it comes: shorter than a download waits for a piece from anybody. */
const RANGE_MS = 30_000
/** What has to come in each such time: half of what web seeds of this project give at least. */
const PACE = { bytes: 16_384, ms: 10_000 }

/**
 * Fetches a range of a file.
 *
 * @param size How long the file is.
 * @param take Told of all that comes, in order: no more than the range, and nothing of another.
 * @param paceMs How long 16 KiB may take.
 * @throws HttpFailure where it is not exactly that, or does not come in time.
 */
export async function fetchRange(
  question: HttpQuestion,
  { from, to }: ByteRange,
  size: number,
  take: (bytes: Buffer) => void,
  paceMs: number = PACE.ms,
): Promise<void> {
  const { url } = question
  const slow = new AbortController()
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(RANGE_MS), slow.signal])
  const answer = await askHttp({ ...question, signal }, { Range: `bytes=${from}-${to - 1}` })
  const { statusCode, headers } = answer
  // Who knows no ranges gives the whole file, which may be what was asked for.
  const isWhole = statusCode === 200 && from === 0 && to === size
  const range = headers['content-range']
  const isRange =
    statusCode === 206 && (range === `bytes ${from}-${to - 1}/${size}` || range === `bytes ${from}-${to - 1}/*`)
  if (!isWhole && !isRange) return leave(answer, 'NEVER', `${url} gives another range`)
  let cameOfLate = 0
  const pace = setInterval(() => {
    if (cameOfLate < PACE.bytes)
      slow.abort(new HttpFailure('LATER', `${url} gives ${cameOfLate} bytes in ${paceMs} ms`))
    cameOfLate = 0
  }, paceMs)
  const counted = (bytes: Buffer): void => {
    cameOfLate += bytes.length
    take(bytes)
  }
  const came = await readBody(answer, to - from, counted).finally(() => clearInterval(pace))
  if (came < to - from) throw new HttpFailure('LATER', `${url} gives ${came} of ${to - from} bytes`)
}
