import { Checkbox } from '@mantine/core'
import { useId, useState } from 'react'
import type { Plan } from '../../preload/contract/install.ts'
import { demandedLosses } from '../../preload/demanded-losses.ts'
import { t } from '../strings/t.ts'
import classes from './Wizard.module.css'

/** The ids of the losses and ways out of a plan that were accepted, and how to change them. A new plan begins without any. */
export function useAcceptedLosses(plan: Plan | undefined) {
  const [accepted, setAccepted] = useState<{ readonly digest: string; readonly ids: readonly string[] }>()
  const ids = plan !== undefined && accepted?.digest === plan.digest ? accepted.ids : []
  const missing = plan === undefined ? 0 : demandedLosses(plan, ids).filter(({ id }) => !ids.includes(id)).length
  const setIds = (next: readonly string[]): void => {
    if (plan !== undefined) setAccepted({ digest: plan.digest, ids: next })
  }
  return { ids, missing, setIds }
}

/** Each loss and each way out of a plan with its own checkbox. */
export function Losses(props: LossesProps) {
  const { plan, ids } = props
  const demanded = new Set(demandedLosses(plan, ids).map(({ id }) => id))
  return (
    <>
      <Choices
        {...props}
        title={t('install.losses.title', { count: plan.losses.length })}
        intro={t('install.losses.intro')}
        choices={plan.losses}
        isOpen={(id) => demanded.has(id)}
      />
      <Choices
        {...props}
        title={t('install.ways.title', { count: plan.ways.length })}
        intro={t('install.ways.intro')}
        choices={plan.ways}
      />
    </>
  )
}

interface LossesProps {
  readonly plan: Plan
  readonly ids: readonly string[]
  readonly setIds: (ids: readonly string[]) => void
}

function Choices({
  title,
  intro,
  choices,
  isOpen = () => true,
  ids,
  setIds,
}: Omit<LossesProps, 'plan'> & {
  readonly title: string
  readonly intro: string
  readonly choices: readonly { readonly id: string; readonly message: string }[]
  /** Whether the choice still has a meaning beside the others. */
  readonly isOpen?: (id: string) => boolean
}) {
  const titleId = useId()
  if (choices.length === 0) return null
  return (
    <section aria-labelledby={titleId} className={classes.losses}>
      <h3 id={titleId} className={classes.subtitle}>
        {title}
      </h3>
      <p className={classes.quiet}>{intro}</p>
      {choices.map(({ id, message }) => (
        <Checkbox
          key={id}
          mt="xs"
          label={message}
          disabled={!isOpen(id)}
          checked={ids.includes(id) && isOpen(id)}
          onChange={({ currentTarget }) =>
            setIds(currentTarget.checked ? [...ids, id] : ids.filter((other) => other !== id))
          }
        />
      ))}
    </section>
  )
}
