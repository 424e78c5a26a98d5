import { z } from 'zod'

/** Lower-case letters, digits and hyphens, as a Kubernetes name (RFC 1123 label). */
export const Slug = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and hyphens')

/** RFC 3339, UTC or with an offset. */
export const Timestamp = z.iso.datetime({ offset: true })

export const Verdict = z.literal(['pass', 'warn', 'fail', 'skipped', 'unknown'])
export type Verdict = z.infer<typeof Verdict>

/** Identifies a Kubernetes object. */
export const ObjectReference = z.strictObject({
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
})
export type ObjectReference = z.infer<typeof ObjectReference>

/** A JSON object. */
export const JsonObject = z.record(z.string(), z.json())
export type JsonObject = z.infer<typeof JsonObject>
