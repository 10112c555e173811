import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql'

/** What the reason of each deprecation ends with: since when, and after which day it may be gone. */
const DATES = /Deprecated since (\d{4}-\d{2}-\d{2}), removed after (\d{4}-\d{2}-\d{2})\.$/

/**
 * Names what a client that was written for the released schema may no longer rely on.
 *
 * @param released The schema of the last release, in its own language.
 * @param current The schema as it is now.
 * @param today Such as 2026-11-22. What was deprecated when it was released, and whose day has passed, may be gone.
 * @returns One sentence for each; none where all is well.
 */
export async function findBreakingChanges(
  released: string,
  current: string,
  today: string,
): Promise<readonly string[]> {
  const before = buildSchema(released)
  const changes = await diff(before, buildSchema(current))
  const expired = new Set(
    deprecationsOf(before)
      .filter(({ reason }) => (DATES.exec(reason)?.[2] ?? today) < today)
      .map(({ coordinate }) => coordinate),
  )
  return changes
    .filter(
      ({ criticality, path }) =>
        criticality.level === CriticalityLevel.Breaking && !(path !== undefined && expired.has(path)),
    )
    .map(({ message, criticality }) =>
      criticality.reason === undefined ? message : `${message}. ${criticality.reason}`,
    )
}

/** Names the deprecations of a schema that do not say since when, and until when: "Field … has no date". */
export function findUndatedDeprecations(schema: string): readonly string[] {
  return deprecationsOf(buildSchema(schema))
    .filter(({ reason }) => !DATES.test(reason))
    .map(
      ({ coordinate, reason }) =>
        `${coordinate} is deprecated with ${JSON.stringify(reason)}, which must end with "Deprecated since <day>, removed after <day>."`,
    )
}

interface Deprecation {
  /** `Type.field`, `Type.field.argument` or `Enum.VALUE`, as changes name their path. */
  readonly coordinate: string
  readonly reason: string
}

function deprecationsOf(schema: GraphQLSchema): readonly Deprecation[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
    const others = isInputObjectType(type) ? Object.values(type.getFields()) : isEnumType(type) ? type.getValues() : []
    const parts = [
      ...[...fields, ...others].map((part) => ({ coordinate: `${type.name}.${part.name}`, part })),
      ...fields.flatMap(({ name, args }) =>
        args.map((part) => ({ coordinate: `${type.name}.${name}.${part.name}`, part })),
      ),
    ]
    return parts.flatMap(({ coordinate, part: { deprecationReason } }) =>
      deprecationReason == null ? [] : [{ coordinate, reason: deprecationReason }],
    )
  })
}
