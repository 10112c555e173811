import { setTimeout as sleep } from 'node:timers/promises'
import type { Rebuild } from '../../graphql/rebuilds.ts'
import { ServerLost, WishRefused, type AskServer } from '../ask-server.ts'

/** How far a rebuild is; times are left to the server. */
export type RebuildProgress = Pick<Rebuild, 'state' | 'position' | 'headPosition' | 'error'>

const REBUILD = `fragment Progress on Rebuild { state position headPosition error startedAt }`

const START = `mutation {
  rebuildProjections {
    __typename
    ... on RebuildProjectionsAccepted { rebuild { ...Progress } }
    ... on Refusal { message }
  }
}
${REBUILD}`

const FOLLOW = `{ status { rebuild { ...Progress } } }
${REBUILD}`

/** Positions are texts. */
interface SentRebuild {
  readonly state: Rebuild['state']
  readonly position: string
  readonly headPosition: string
  readonly error: string | null
  readonly startedAt: string
}

interface StartAnswer {
  readonly rebuildProjections: { readonly rebuild?: SentRebuild; readonly message?: string }
}

interface FollowAnswer {
  readonly status: { readonly rebuild: SentRebuild | null }
}

/**
 * Has a server rebuild its read models, and waits for the end.
 *
 * @throws `WishRefused`; `ServerLost`, also where the server knows nothing of it, as after a restart.
 */
export async function rebuildOverApi(
  ask: AskServer,
  onProgress: (progress: RebuildProgress) => void,
  lookEveryMs: number,
): Promise<RebuildProgress> {
  const { rebuildProjections: answer } = await ask<StartAnswer>(START, {})
  if (answer.rebuild === undefined) throw new WishRefused(answer.message ?? 'The server refused it')
  const { startedAt } = answer.rebuild
  for (;;) {
    const { rebuild } = (await ask<FollowAnswer>(FOLLOW, {})).status
    if (rebuild?.startedAt !== startedAt) throw new ServerLost('The server ended the rebuild')
    const progress = progressOf(rebuild)
    if (rebuild.state === 'FINISHED' || rebuild.state === 'FAILED') return progress
    onProgress(progress)
    await sleep(lookEveryMs)
  }
}

function progressOf({ state, position, headPosition, error }: SentRebuild): RebuildProgress {
  const positions = { position: Number(position), headPosition: Number(headPosition) }
  return { state, error, ...positions } as RebuildProgress // A position that the server sent is one.
}
