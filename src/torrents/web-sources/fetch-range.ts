import { PIECE_BYTES } from '../../domain/archive.ts'
import type { ByteRange } from '../web-seed/byte-range.ts'
import { askHttp, leave, readBody, type HttpQuestion } from './ask-http.ts'
import { HttpFailure } from './http-failure.ts'

/** For how long a piece of a range may take: shorter than a download waits for one from anybody. */
const PIECE_MS = 30_000
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
  using pace = watchPace(url, paceMs)
  const signal = AbortSignal.any([question.signal, pace.signal])
  const answer = await askHttp({ ...question, signal }, { Range: `bytes=${from}-${to - 1}` })
  const { statusCode, headers } = answer
  // Who knows no ranges gives the whole file, which may be what was asked for.
  const isWhole = statusCode === 200 && from === 0 && to === size
  const range = headers['content-range']
  const isRange =
    statusCode === 206 && (range === `bytes ${from}-${to - 1}/${size}` || range === `bytes ${from}-${to - 1}/*`)
  if (!isWhole && !isRange) return leave(answer, 'NEVER', `${url} gives another range`)
  pace.begin()
  const came = await readBody(answer, to - from, (bytes) => {
    pace.came(bytes.length)
    take(bytes)
  })
  if (came < to - from) throw new HttpFailure('LATER', `${url} gives ${came} of ${to - from} bytes`)
}

interface Pace extends Disposable {
  /** Aborts where it comes too slowly. */
  readonly signal: AbortSignal
  /** From now on bytes come. */
  begin(): void
  came(bytes: number): void
}

function watchPace(url: string, paceMs: number): Pace {
  const slow = new AbortController()
  const giveUp = (): void => slow.abort(new HttpFailure('LATER', `${url} gives too little`))
  const piece = setTimeout(giveUp, PIECE_MS)
  let [cameOfPiece, cameOfLate] = [0, 0]
  let each: NodeJS.Timeout | undefined
  return {
    signal: slow.signal,
    begin() {
      each = setInterval(() => {
        if (cameOfLate < PACE.bytes) giveUp()
        cameOfLate = 0
      }, paceMs)
    },
    came(bytes) {
      cameOfLate += bytes
      cameOfPiece += bytes
      if (cameOfPiece < PIECE_BYTES) return
      cameOfPiece %= PIECE_BYTES
      piece.refresh()
    },
    [Symbol.dispose]() {
      clearTimeout(piece)
      clearInterval(each)
    },
  }
}
