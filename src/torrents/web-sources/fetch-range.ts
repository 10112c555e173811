import type { ByteRange } from '../web-seed/byte-range.ts'
import { askHttp, leave, readBody, type HttpQuestion } from './ask-http.ts'
import { HttpFailure } from './http-failure.ts'

/** For how long a range may take, however slowly it comes. */
const RANGE_MS = 60_000

/**
 * Fetches a range of a file.
 *
 * @param size How long the file is.
 * @param take Told of all that comes, in order: no more than the range, and nothing of another.
 * @throws HttpFailure where it is not exactly that, or does not come in time.
 */
export async function fetchRange(
  question: HttpQuestion,
  { from, to }: ByteRange,
  size: number,
  take: (bytes: Buffer) => void,
): Promise<void> {
  const { url } = question
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(RANGE_MS)])
  const answer = await askHttp({ ...question, signal }, { Range: `bytes=${from}-${to - 1}` })
  const { statusCode, headers } = answer
  // Who knows no ranges gives the whole file, which may be what was asked for.
  const isWhole = statusCode === 200 && from === 0 && to === size
  const range = headers['content-range']
  const isRange =
    statusCode === 206 && (range === `bytes ${from}-${to - 1}/${size}` || range === `bytes ${from}-${to - 1}/*`)
  if (!isWhole && !isRange) return leave(answer, 'NEVER', `${url} gives another range`)
  const came = await readBody(answer, to - from, take)
  if (came < to - from) throw new HttpFailure('LATER', `${url} gives ${came} of ${to - from} bytes`)
}
