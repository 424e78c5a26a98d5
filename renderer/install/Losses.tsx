import { Checkbox } from '@mantine/core'
import { useId, useState } from 'react'
import type { Plan, PlanLoss } from '../../preload/contract/install.ts'
import { demandedLosses } from '../../preload/demanded-losses.ts'
import { t } from '../strings/t.ts'
import classes from './Wizard.module.css'

/** The ids of the losses and ways out of a plan that were accepted, and how to change them. A new plan begins without any. */
export function useAcceptedLosses(plan: Plan | undefined) {
  const [accepted, setAccepted] = useState<{ readonly digest: string; readonly ids: readonly string[] }>()
  const ids = plan !== undefined && accepted?.digest === plan.digest ? accepted.ids : []
  const missing = plan === undefined ? [] : demandedLosses(plan, ids).filter(({ id }) => !ids.includes(id))
  const setIds = (next: readonly string[]): void => {
    if (plan !== undefined) setAccepted({ digest: plan.digest, ids: next })
  }
  const count = missing.length
  const message = missing.some(isAdoption) ? 'install.losses.adopt.missing' : 'install.losses.missing'
  /** Why the plan cannot start yet. */
  const blocked = count === 0 ? undefined : t(message, { count })
  return { ids, blocked, setIds }
}

/** Nothing is lost by it, so that it is asked for apart from the losses. */
const isAdoption = ({ kind }: PlanLoss): boolean => kind === 'adopt'

/** Each loss, each adoption and each way out of a plan with its own checkbox. */
export function Losses(props: LossesProps) {
  const { plan, ids } = props
  const demanded = new Set(demandedLosses(plan, ids).map(({ id }) => id))
  const adoptions = plan.losses.filter(isAdoption)
  const losses = plan.losses.filter((loss) => !isAdoption(loss))
  return (
    <>
      <Choices
        {...props}
        title={t('install.losses.adopt.title', { count: adoptions.length })}
        intro={t('install.losses.adopt.intro')}
        choices={adoptions}
      />
      <Choices
        {...props}
        title={t('install.losses.title', { count: losses.length })}
        intro={t('install.losses.intro')}
        choices={losses}
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
