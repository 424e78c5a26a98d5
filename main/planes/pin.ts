import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Timestamp } from '../../preload/contract/words.ts'

/** All that a profile brings. What is used of an approved profile is this. */
export const ProfileContent = z.strictObject({
  text: z.string(),
  /** Certificates (PEM) by the path of their file, as the profile names it. */
  roots: z.record(z.string(), z.string()),
  /** Local charts by their path, as the profile names it: SHA-256 of the whole and of each file, hexadecimal. */
  charts: z.record(z.string(), z.strictObject({ digest: z.string(), files: z.record(z.string(), z.string()) })),
})
export type ProfileContent = Readonly<z.infer<typeof ProfileContent>>

/** Where credentials are sent: by id, destinations with what is trusted there. */
export const Destinations = z.record(z.string(), z.array(z.string()))
export type Destinations = Readonly<z.infer<typeof Destinations>>

/** The profile of a plane as the user approved it. */
export const Pin = z.strictObject({
  schemaVersion: z.literal(1),
  planeId: z.uuid(),
  at: Timestamp,
  content: ProfileContent,
  /** Where each credential may be sent. */
  destinations: Destinations.default({}),
})
export type Pin = z.infer<typeof Pin>

/** SHA-256 over everything, hexadecimal. Equal content has an equal digest, whatever the order of its entries. Pure. */
export function digestOfContent({ text, roots, charts }: ProfileContent): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  const chartEntries = Object.entries(charts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { digest, files }]) => [path, digest, sorted(files)])
  return createHash('sha256')
    .update(JSON.stringify([text, sorted(roots), chartEntries]))
    .digest('hex')
}

/** SHA-256 over all that an approval covers, hexadecimal. Pure. */
export function digestOfApproval({ content, destinations }: Pick<Pin, 'content' | 'destinations'>): string {
  const sorted = Object.entries(destinations).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([digestOfContent(content), sorted]))
    .digest('hex')
}

/** Ids of credentials that would be sent to a destination that was not approved. Pure. */
export function movedCredentials(approved: Destinations, now: Destinations): string[] {
  return Object.entries(now).flatMap(([credential, destinations]) =>
    destinations.every((each) => approved[credential]?.includes(each)) ? [] : [credential],
  )
}
