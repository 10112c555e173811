import { GraphQLError, isNonNullType, type GraphQLField } from 'graphql'
import { expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { defaultSettings } from '../../../src/domain/community-settings.ts'
import { ruledFieldsOf } from '../../../src/graphql/access/ruled-fields.ts'
import type { RuleName } from '../../../src/graphql/access/rules.ts'
import type { GraphqlPorts } from '../../../src/graphql/context.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { callerOf, headersOf, knowing } from '../../support/callers.ts'
import * as facts from '../../support/community-facts.ts'
import { ask } from '../../support/graphql-request.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { sampleOperation } from '../../support/sample-arguments.ts'
import { subscribeOverSse, type ServerSentResult } from '../../support/sse-client.ts'

/** One that the bound callers may read of, one that they may not, and one that is public besides. */
const communities = {
  MINE: facts.COMMUNITY,
  OTHER: `0x${'07'.repeat(32)}` as CommunityId,
  PUBLIC: `0x${'09'.repeat(32)}` as CommunityId,
} as const

/** What a field is asked about: a community, or the node as a whole, where it names none. */
type About = keyof typeof communities | 'NODE'

const callers = {
  'viewer-of-mine': callerOf('VIEWER', [communities.MINE]),
  viewer: callerOf('VIEWER'),
  'operator-of-mine': callerOf('OPERATOR', [communities.MINE]),
  operator: callerOf('OPERATOR'),
  auditor: callerOf('AUDITOR'),
  admin: callerOf('ADMIN'),
} as const

type Who = keyof typeof callers | 'nobody'

const ALL: readonly About[] = ['MINE', 'OTHER', 'PUBLIC', 'NODE']

/** About what each caller may ask for fields of each rule: docs/access.md, said once more. */
const letsThrough: { readonly [Rule in RuleName]: { readonly [Each in Who]: readonly About[] } } = {
  PUBLIC_MAGNETLINKS: {
    nobody: ['PUBLIC'],
    'viewer-of-mine': ['MINE', 'PUBLIC'],
    viewer: ALL,
    'operator-of-mine': ['MINE', 'PUBLIC'],
    operator: ALL,
    auditor: ALL,
    admin: ALL,
  },
  READER: {
    nobody: [],
    'viewer-of-mine': ['MINE', 'NODE'],
    viewer: ALL,
    'operator-of-mine': ['MINE', 'NODE'],
    operator: ALL,
    auditor: ALL,
    admin: ALL,
  },
  OPERATOR: {
    nobody: [],
    'viewer-of-mine': [],
    viewer: [],
    'operator-of-mine': ['MINE'],
    operator: ALL,
    auditor: [],
    admin: ALL,
  },
  AUDITOR: {
    nobody: [],
    'viewer-of-mine': [],
    viewer: [],
    'operator-of-mine': [],
    operator: [],
    auditor: ALL,
    admin: ALL,
  },
  ADMIN: {
    nobody: [],
    'viewer-of-mine': [],
    viewer: [],
    'operator-of-mine': [],
    operator: [],
    auditor: [],
    admin: ALL,
  },
}

interface Question {
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly field: GraphQLField<unknown, unknown>
  readonly rule: RuleName
  readonly about: About
}

const kinds = new Map([
  [schema.getQueryType(), 'query'],
  [schema.getMutationType(), 'mutation'],
  [schema.getSubscriptionType(), 'subscription'],
] as const)

/** Each field of the roots, about each thing that it can be asked about. */
const questions: readonly Question[] = ruledFieldsOf(schema).flatMap(({ type, field, rule }) => {
  const kind = kinds.get(type)
  return kind === undefined ? [] : aboutsOf(field, rule).map((about) => ({ kind, field, rule, about }))
})

function aboutsOf({ args }: GraphQLField<unknown, unknown>, rule: RuleName): readonly About[] {
  const arg = args.find(({ name }) => name === 'communityId')
  if (arg === undefined) return ['NODE']
  if (rule === 'PUBLIC_MAGNETLINKS') return ['MINE', 'OTHER', 'PUBLIC']
  return isNonNullType(arg.type) ? ['MINE', 'OTHER'] : ['MINE', 'OTHER', 'NODE']
}

/** To who is not bound to communities they are all alike, so that one is enough. */
function questionsFor(who: Who): readonly Question[] {
  const isBound = who !== 'nobody' && callers[who].grant.communityIds !== null
  return isBound ? questions : questions.filter(({ about }) => about !== 'MINE')
}

function nameOf({ kind, field, about }: Question): string {
  return `${kind} ${field.name} about ${about}`
}

/** Grants nobody anything, so that those who are let through change nothing for those who come after. */
function deafNode(): Pick<GraphqlPorts, 'execute' | 'wishes'> {
  const hear = async (): Promise<never> => {
    throw new GraphQLError('Let through', { extensions: { code: 'LET_THROUGH' } })
  }
  return { execute: hear, wishes: new Proxy({} as GraphqlPorts['wishes'], { get: () => hear }) }
}

/** What a caller is answered: how it is turned away, or that it is not. */
async function answerOf({ url }: OpenApi, { kind, field, about }: Question, who: Who): Promise<string> {
  const given = { after: 'START', ...(about !== 'NODE' && { communityId: communities[about] }) }
  const { query, variables } = sampleOperation(kind, field, kind === 'subscription' ? given : { ...given, after: null })
  const headers = headersOf(who === 'nobody' ? null : who)
  const { errors } =
    kind === 'subscription'
      ? await firstResult(subscribeOverSse(url, query, variables, headers))
      : await ask(url, query, variables, headers)
  const [code] = (errors ?? []).map(({ extensions }) => (extensions as { code?: string } | undefined)?.code)
  return code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' ? code : 'let through'
}

async function firstResult(results: AsyncIterable<ServerSentResult>): Promise<ServerSentResult['result']> {
  for await (const { result } of results) return result
  throw new Error('A stream ended before it told anything')
}

async function openWithCommunities(): Promise<OpenApi> {
  const api = await openApi({ ports: { authenticate: knowing(callers), ...deafNode() } })
  for (const communityId of Object.values(communities)) {
    const past = [facts.communityAdded(), facts.magnetlinkDispatched(1, 1)]
    await recordFacts(
      api.stores.log,
      past.map((fact) => ({ ...fact, communityId })),
    )
  }
  const data = { ...defaultSettings, publicMagnetlinks: true }
  await recordFacts(api.stores.log, [{ type: 'SettingsChanged', communityId: communities.PUBLIC, data }])
  return api
}

test('each caller is let through to each field as its rule says, and turned away from all others', async () => {
  const api = await openWithCommunities()
  expect(questions.length).toBeGreaterThan(80)

  for (const who of ['nobody', ...Object.keys(callers)] as Who[]) {
    const turnedAway = who === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    const asked = questionsFor(who)
    const expected = asked.map((each) => [
      nameOf(each),
      letsThrough[each.rule][who].includes(each.about) ? 'let through' : turnedAway,
    ])
    const answers = await Promise.all(asked.map(async (each) => [nameOf(each), await answerOf(api, each, who)]))
    expect([who, answers]).toEqual([who, expected])
  }
  expect(api.faults).toEqual([])
})
