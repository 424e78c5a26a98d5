import type { ObjectCondition } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import { IconCircleCheck, IconCircleMinus, IconCircleX } from '../ui/icons.ts'
import { Ago } from '../ui/Time.tsx'
import classes from './Drawer.module.css'

const icons = { good: IconCircleCheck, bad: IconCircleX, neutral: IconCircleMinus } as const

/** What the controllers of the object report, as sentences. */
export const ConditionList = ({ conditions }: { readonly conditions: readonly ObjectCondition[] }) => (
  <ul className={classes.conditions}>
    {conditions.map(({ type, sentence, tone, since }) => {
      const Icon = icons[tone]
      return (
        <li key={type} data-tone={tone}>
          <Icon size={16} role="img" aria-label={t(`workloads.conditions.${tone}`)} />
          <div>
            <div>{sentence}</div>
            <div className={classes.quiet}>
              {type}
              {since !== undefined && (
                <>
                  {', '}
                  <Ago at={since} />
                </>
              )}
            </div>
          </div>
        </li>
      )
    })}
  </ul>
)
