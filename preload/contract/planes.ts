import { z } from 'zod'
import { procedure } from './problem.ts'
import { JsonObject, Slug, Timestamp } from './words.ts'

/** What a person gives about a plane besides its credentials: the file that `--values` takes. */
export const PlaneValues = z.strictObject({
  /** Against the profile's settings schema. */
  settings: JsonObject.default({}),
  /** Chart values per release name, laid over the profile's. Kept sealed: a person may put anything here. */
  overrides: z.record(z.string(), JsonObject).default({}),
})
export type PlaneValues = z.infer<typeof PlaneValues>

export const Plane = z.strictObject({
  id: z.uuid(),
  name: Slug,
  profile: z.string(),
  contextId: z.string(),
  contextName: z.string(),
  managementModel: z.string(),
  settings: JsonObject,
  /** Names of the releases whose chart values are overridden; the values themselves stay in the vault. */
  overridden: z.array(z.string()),
  createdAt: Timestamp,
  /** Last time that an install ended well; absent: never. */
  installedAt: Timestamp.optional(),
})
export type Plane = z.infer<typeof Plane>

const PlaneId = z.strictObject({ planeId: z.uuid() })

export const planes = {
  list: procedure.output(z.array(Plane)),
  get: procedure.input(PlaneId).output(Plane),
  create: procedure
    .input(
      z.strictObject({
        name: Slug,
        profile: z.string(),
        contextId: z.string(),
        managementModel: z.string(),
        ...PlaneValues.shape,
      }),
    )
    .output(Plane),
  /** Without `overrides` those that are kept stay. */
  update: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        settings: JsonObject,
        overrides: PlaneValues.shape.overrides.unwrap().optional(),
      }),
    )
    .output(Plane),
  /** Forgets the plane on this computer: its credentials and logs go, the cluster stays as it is. */
  remove: procedure.input(PlaneId).output(z.strictObject({})),
}
