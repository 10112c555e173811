import { execute, GraphQLError, isNonNullType, parse, subscribe, type GraphQLField } from 'graphql'
import { expect, test } from 'vitest'
import type { CommunityId } from '../../../src/domain/community-id.ts'
import { defaultSettings } from '../../../src/domain/community-settings.ts'
import { ruledFieldsOf } from '../../../src/graphql/access/ruled-fields.ts'
import type { RuleName } from '../../../src/graphql/access/rules.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { callerOf } from '../../support/callers.ts'
import * as facts from '../../support/community-facts.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { sampleOperation } from '../../support/sample-arguments.ts'

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
  'admin-until-now': callerOf('ADMIN', null, AbortSignal.abort()),
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
    'admin-until-now': ['PUBLIC'],
  },
  READER: {
    nobody: [],
    'viewer-of-mine': ['MINE', 'NODE'],
    viewer: ALL,
    'operator-of-mine': ['MINE', 'NODE'],
    operator: ALL,
    auditor: ALL,
    admin: ALL,
    'admin-until-now': [],
  },
  OPERATOR: {
    nobody: [],
    'viewer-of-mine': [],
    viewer: [],
    'operator-of-mine': ['MINE'],
    operator: ALL,
    auditor: [],
    admin: ALL,
    'admin-until-now': [],
  },
  AUDITOR: {
    nobody: [],
    'viewer-of-mine': [],
    viewer: [],
    'operator-of-mine': [],
    operator: [],
    auditor: ALL,
    admin: ALL,
    'admin-until-now': [],
  },
  ADMIN: {
    nobody: [],
    'viewer-of-mine': [],
    viewer: [],
    'operator-of-mine': [],
    operator: [],
    auditor: [],
    admin: ALL,
    'admin-until-now': [],
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

function nameOf({ kind, field, about }: Question): string {
  return `${kind} ${field.name} about ${about}`
}

/** Stands for whatever a field asks once it is let through to: asked for anything, it says that it was reached. */
const reached: unknown = new Proxy(() => undefined, {
  get: () => reached,
  apply: () => {
    throw new GraphQLError('Let through', { extensions: { code: 'LET_THROUGH' } })
  },
})

/** A node whose read models are real, and nothing else. */
function contextOf({ stores }: OpenApi, who: Who): object {
  const known: Readonly<Record<string, unknown>> = { db: stores.db, caller: who === 'nobody' ? null : callers[who] }
  return new Proxy(known, {
    get: (_known, name) => (typeof name === 'symbol' || name in known ? Reflect.get(known, name) : reached),
  })
}

/** What a caller is answered: how it is turned away, or that it is not. */
async function answerOf(api: OpenApi, { kind, field, about }: Question, who: Who): Promise<string> {
  const { query, variables } = sampleOperation(kind, field, about === 'NODE' ? {} : { communityId: communities[about] })
  const operation = { schema, document: parse(query), variableValues: variables, contextValue: contextOf(api, who) }
  const result = await (kind === 'subscription' ? subscribe(operation) : execute(operation))
  const [error] = ('errors' in result ? result.errors : null) ?? []
  if (error !== undefined && error.path === undefined) throw new Error(`${field.name} is asked for wrongly: ${query}`)
  const code = String(error?.extensions['code'])
  return code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' ? code : 'let through'
}

// Asked of the schema itself, as there are hundreds of questions: tests beside this one ask over the network.
test('each caller is let through to each field as its rule says, and turned away from all others', async () => {
  const api = await openApi()
  const data = { ...defaultSettings, publicMagnetlinks: true }
  await recordFacts(api.stores.log, [
    ...Object.values(communities).map((communityId) => ({ ...facts.communityAdded(), communityId })),
    { type: 'SettingsChanged', communityId: communities.PUBLIC, data },
  ])
  expect(questions.length).toBeGreaterThan(80)

  for (const who of ['nobody', ...Object.keys(callers)] as Who[]) {
    const turnedAway = who === 'nobody' || who === 'admin-until-now' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    const expected = questions.map((each) => [
      nameOf(each),
      letsThrough[each.rule][who].includes(each.about) ? 'let through' : turnedAway,
    ])
    const answers = await Promise.all(questions.map(async (each) => [nameOf(each), await answerOf(api, each, who)]))
    expect([who, answers]).toEqual([who, expected])
  }
})
