import { Checkbox } from '@mantine/core'
import { useId, useState } from 'react'
import type { Plan } from '../../preload/contract/install.ts'
import { t } from '../strings/t.ts'
import classes from './Wizard.module.css'

/** The ids of the losses of a plan that were accepted, and how to change them. A new plan begins without any. */
export function useAcceptedLosses(plan: Plan | undefined) {
  const [accepted, setAccepted] = useState<{ readonly digest: string; readonly ids: readonly string[] }>()
  const ids = plan !== undefined && accepted?.digest === plan.digest ? accepted.ids : []
  const missing = plan?.losses.filter(({ id }) => !ids.includes(id)).length ?? 0
  const setIds = (next: readonly string[]): void => {
    if (plan !== undefined) setAccepted({ digest: plan.digest, ids: next })
  }
  return { ids, missing, setIds }
}

/** Each loss of a plan with its own checkbox. */
export function Losses({
  plan,
  ids,
  setIds,
}: {
  readonly plan: Plan
  readonly ids: readonly string[]
  readonly setIds: (ids: readonly string[]) => void
}) {
  const title = useId()
  if (plan.losses.length === 0) return null
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{t('install.losses.title', { count: plan.losses.length })}</h3>
      <p className={classes.quiet}>{t('install.losses.intro')}</p>
      {plan.losses.map(({ id, message }) => (
        <Checkbox
          key={id}
          mt="xs"
          label={message}
          checked={ids.includes(id)}
          onChange={({ currentTarget }) =>
            setIds(currentTarget.checked ? [...ids, id] : ids.filter((other) => other !== id))
          }
        />
      ))}
    </section>
  )
}
