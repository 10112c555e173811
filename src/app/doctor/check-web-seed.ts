import { SEED_PATH } from '../../domain/web-seed.ts'
import type { Examination } from './examination.ts'
import { bad, good, reasonOf, warning, type Finding } from './finding.ts'

const CHECK = 'web seed'
/** How long an answer on this machine may take, in milliseconds. */
const ANSWER_MS = 5000

/**
 * Whether a torrent that is served is to be had over HTTP too, where the node has a public URL. Asked on this machine: whether
 * the URL leads here from outside cannot be told from inside.
 *
 * @param infoHash A torrent that the node serves; null where there is none, and nothing to ask for.
 */
export async function checkWebSeed(
  { settings: { publicUrl }, running }: Examination,
  infoHash: string | null,
): Promise<readonly Finding[]> {
  const url = running?.url ?? null
  if (publicUrl === null || url === null || infoHash === null) return []
  const path = `${SEED_PATH}${infoHash}.torrent`
  try {
    const { status } = await fetch(`${url}${path}`, { method: 'HEAD', signal: AbortSignal.timeout(ANSWER_MS) })
    if (status === 200) return [good(CHECK, `${publicUrl}${path} is served`)]
    const advice = 'what is here only in part is not served so; else start the node anew with this public-url'
    return [warning(CHECK, `${path} is answered with ${status}`, advice)]
  } catch (fault) {
    return [bad(CHECK, `${path} is not answered: ${reasonOf(fault)}`, 'read the log of the node')]
  }
}
