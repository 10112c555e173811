import type { Plugin } from 'graphql-yoga'
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { AskedContext } from '../transport/server-context.ts'

/** Whom something is shown: to all, to nobody, or (`auto`) to who is known, by a token or by sitting at the machine. */
export type ShownTo = 'auto' | 'on' | 'off'

/** Whether it is shown to who asks. */
export function isShown(shownTo: ShownTo, { asking }: Pick<AskedContext, 'asking'>): boolean {
  return shownTo === 'on' || (shownTo === 'auto' && asking.caller !== null)
}

/** Refuses questions about the schema on all transports. `__typename` is none. */
export function introspection(shownTo: ShownTo): Plugin<AskedContext> {
  return {
    onValidate: ({ context, addValidationRule }) => {
      if (!isShown(shownTo, context)) addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
}
