import { buildSchema, getNamedType, isInterfaceType, type GraphQLObjectType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { requireRules, ruledFieldsOf, type RuledField } from '../../../src/graphql/access/ruled-fields.ts'
import { ruleOf } from '../../../src/graphql/access/rule-of.ts'
import type { RuleName } from '../../../src/graphql/access/rules.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { reachableTypes } from '../../support/reachable-types.ts'

const fields = ruledFieldsOf(schema)

function fieldsUnder(...rules: readonly RuleName[]): readonly RuledField[] {
  return fields.filter(({ rule }) => rules.includes(rule))
}

function rootFields(root: GraphQLObjectType | null | undefined): readonly RuledField[] {
  return fields.filter(({ type }) => type === root)
}

function reachedUnder(...rules: readonly RuleName[]): ReadonlySet<string> {
  return new Set(fieldsUnder(...rules).flatMap(({ field }) => [...reachableTypes(schema, field.type)]))
}

describe('each field of a root', () => {
  test('has a rule, or the schema is not built', () => {
    expect(requireRules(schema)).toBe(schema)
    expect(() => requireRules(buildSchema('type Query { open: Int }'))).toThrow(/no rule says who may .* Query.open$/)
  })

  test('that is for those of a community names it so that its rule is asked about it', () => {
    const others = fieldsUnder('PUBLIC_MAGNETLINKS', 'READER', 'OPERATOR').flatMap(({ type, field }) =>
      field.args
        .filter((arg) => getNamedType(arg.type).name === 'CommunityId' && arg.name !== 'communityId')
        .map((arg) => `${type.name}.${field.name}(${arg.name}:)`),
    )
    const about = fieldsUnder('PUBLIC_MAGNETLINKS', 'OPERATOR').filter(
      ({ field }) => !field.args.some(({ name }) => name === 'communityId'),
    )
    expect([others, about]).toEqual([[], []])
  })

  test('that wishes is for nobody who only reads', () => {
    const wishes = rootFields(schema.getMutationType())
    expect(wishes.length).toBeGreaterThan(25)
    expect(wishes.filter(({ rule }) => rule === 'READER' || rule === 'PUBLIC_MAGNETLINKS')).toEqual([])
    expect(wishes.filter(({ rule }) => rule === 'AUDITOR').map(({ field }) => field.name)).toEqual(['signCheckpoint'])
  })
})

describe('what is reached', () => {
  test('without a token is magnet links alone', () => {
    expect([...reachedUnder('PUBLIC_MAGNETLINKS')]).toEqual(['Magnetlink'])
  })

  test('by who neither audits nor administers is nothing of the record', () => {
    const reached = reachedUnder('PUBLIC_MAGNETLINKS', 'READER', 'OPERATOR')
    const record = reachedUnder('AUDITOR', 'ADMIN')
    const ofTheRecord = ['RecordedEvent', 'EventProof', 'ConsistencyProof', 'CommunityAt', 'EventDiff', 'Token']

    expect(ofTheRecord.filter((type) => !record.has(type))).toEqual([])
    expect(ofTheRecord.filter((type) => reached.has(type))).toEqual([])
  })

  test('by its global id is what has a rule', () => {
    const node = schema.getType('Node')
    const nodes = isInterfaceType(node) ? schema.getPossibleTypes(node) : []
    expect(nodes.map((type) => [type.name, ruleOf(type)])).toEqual([
      ['ArchiveRun', 'READER'],
      ['Community', 'READER'],
      ['RecordedEvent', 'AUDITOR'],
    ])
  })
})
