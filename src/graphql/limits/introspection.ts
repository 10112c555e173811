import type { Plugin } from 'graphql-yoga'
import {
  NoSchemaIntrospectionCustomRule,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql'
import type { AskedContext } from '../transport/server-context.ts'

/** Whom something is shown: to all, to nobody, or (`auto`) to whom it is of use. */
export type ShownTo = 'auto' | 'on' | 'off'

/** Whether the schema is told to who asks; `auto`: to who is known, by a token or by sitting at the machine. */
function isTold(shownTo: ShownTo, { asking }: Pick<AskedContext, 'asking'>): boolean {
  return shownTo === 'on' || (shownTo === 'auto' && asking.caller !== null)
}

/** Whether GraphiQL is shown to who asks; `auto`: to who needs no token. A browser sends none as it opens a page. */
export function isGraphiqlShown(shownTo: ShownTo, { asking }: Pick<AskedContext, 'asking'>): boolean {
  return shownTo === 'on' || (shownTo === 'auto' && asking.caller?.actor === 'local')
}

/**
 * Refuses questions about the schema on all transports, and has errors tell nothing of it that was not asked for: "Did you
 * mean" would answer name by name. `__typename` is no question.
 */
export function introspection(shownTo: ShownTo): Plugin<AskedContext> {
  return {
    onValidate: ({ context, addValidationRule, setValidationFn }) => {
      if (isTold(shownTo, context)) return
      addValidationRule(NoSchemaIntrospectionCustomRule)
      setValidationFn(validateInSilence)
    },
    // Variables are looked at as the operation begins.
    onExecute: ({ args }) => {
      if (!isTold(shownTo, args.contextValue)) Object.assign(args, { hideSuggestions: true })
    },
    onSubscribe: ({ args }) => {
      if (!isTold(shownTo, args.contextValue)) Object.assign(args, { hideSuggestions: true })
    },
  }
}

function validateInSilence(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[] | undefined,
): readonly GraphQLError[] {
  return validate(schema, document, rules, { hideSuggestions: true })
}
