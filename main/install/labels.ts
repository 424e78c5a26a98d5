/** Keys of the labels and annotations that Hangar sets on the objects it creates. */
export const labelKeys = {
  /** The profile that a release, Secret or namespace belongs to. Together with the name it identifies the object. */
  profile: 'hangar/profile',
  /** 32 hex digits of a digest over all that decides the content, such as chart and values. Equal: up to date. */
  contentDigest: 'hangar/desired',
  /** The revision that Hangar wrote with these labels. Another helm carries them over to the next one. */
  revision: 'hangar/revision',
  /** Id of the operation that last wrote the release. */
  operation: 'hangar/operation',
  /** Hash of the user and computer that ran that operation. */
  host: 'hangar/host',
  /** The process table in which that operation's helm runs, by a hash. Elsewhere it cannot be found, and its end not be proven. */
  place: 'hangar/place',
} as const
