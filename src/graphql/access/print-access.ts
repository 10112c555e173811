import { isInterfaceType, type GraphQLSchema } from 'graphql'
import { ruleOf } from './rule-of.ts'
import { ruledFieldsOf } from './ruled-fields.ts'

/** The tables of docs/access.md, by the name of their place in it: the rule of each field that has one, and of each node. */
export function printAccess(schema: GraphQLSchema): Readonly<Record<string, string>> {
  const fields = ruledFieldsOf(schema).map(({ type, field, rule }) => [`\`${type.name}.${field.name}\``, rule] as const)
  return { fields: tableOf(['Field', 'Rule'], fields), nodes: tableOf(['Type', 'Rule'], nodesOf(schema)) }
}

type Row = readonly [subject: string, rule: string]

function nodesOf(schema: GraphQLSchema): readonly Row[] {
  const node = schema.getType('Node')
  const types = isInterfaceType(node) ? schema.getPossibleTypes(node) : []
  return types.map((type) => [`\`${type.name}\``, ruleOf(type) ?? 'nobody'])
}

/** All cells of a column are as wide as the widest, as Prettier has it. */
function tableOf(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_title, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
