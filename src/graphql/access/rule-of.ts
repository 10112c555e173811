import { isRuleName, type RuleName } from './rules.ts'

/** The rule of a field, or of a type that `node` shows; null where it has none of its own. */
export function ruleOf(part: { readonly extensions: Readonly<Record<string, unknown>> } | undefined): RuleName | null {
  const rule = part?.extensions['rule']
  return isRuleName(rule) ? rule : null
}
