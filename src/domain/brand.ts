declare const brand: unique symbol

/**
 * A primitive that was checked once, at the boundary, and is trusted after.
 *
 * Only the `parse` function beside each brand makes one; elsewhere a bare string or number does
 * not pass for it.
 */
export type Brand<Primitive, Name extends string> = Primitive & { readonly [brand]: Name }
