import { GraphQLError } from 'graphql'

/**
 * Bad input that the type of an argument cannot rule out.
 *
 * The error gets the path of the field; `extensions.argument` names the argument in it.
 */
export function inputError(argument: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argument } })
}
