import type { Attack } from './attack.ts'
import { churn, idleSockets, idleWebSockets, slowBodies, slowHeaders } from './connection-attacks.ts'
import { deepJson, largeBodiesOfNobody, largeBodiesOfOperator, largeBodiesOfViewer } from './large-attacks.ts'
import { malformedFrames, malformedMessages, malformedRequests } from './malformed-attacks.ts'
import { costlyQueries, wrongTokens } from './query-attacks.ts'
import { deafClients, subscriptionStorm } from './subscription-attacks.ts'

/** All attacks, by the names under which they are shown. */
export const ATTACKS = {
  'slow-loris: headers': slowHeaders,
  'slow bodies': slowBodies,
  'idle TCP': idleSockets,
  'idle WebSockets': idleWebSockets,
  'clients that never read': deafClients,
  'subscription storm': subscriptionStorm,
  'connect, disconnect': churn,
  'malformed frames': malformedFrames,
  'malformed messages': malformedMessages,
  'malformed HTTP': malformedRequests,
  '64 MiB, no token': largeBodiesOfNobody,
  '64 MiB, viewer': largeBodiesOfViewer,
  '64 MiB, operator': largeBodiesOfOperator,
  'deep JSON': deepJson,
  'costly queries': costlyQueries,
  'wrong tokens': wrongTokens,
} as const satisfies Readonly<Record<string, Attack>>

export type AttackName = keyof typeof ATTACKS

export const ATTACK_NAMES = Object.keys(ATTACKS) as readonly AttackName[]
