import { z } from 'zod'

/** An earlier version declared titles only. */
const Declared = z
  .union([
    z.object({ title: z.string(), needs: z.array(z.string()).default([]), timedAs: z.string().optional() }),
    z.string().transform((title) => ({ title, needs: [], timedAs: undefined })),
  ])
  .catch({ title: '', needs: [], timedAs: undefined })

/** A step as its operation declared it. */
export const parseDeclared = (data: unknown): z.infer<typeof Declared> => Declared.parse(data)
