import { Button, Popover } from '@mantine/core'
import type { ReactNode } from 'react'

export interface ButtonPopoverProps {
  readonly label: string
  /** Names the popover, where the button does not. */
  readonly title?: string
  readonly icon: ReactNode
  readonly size?: 'xs' | 'compact-xs'
  /** In px. */
  readonly width?: number
  /** The edge of the button at which it begins; default `end`, for buttons at the right. */
  readonly align?: 'start' | 'end'
  readonly opened: boolean
  readonly onChange: (opened: boolean) => void
  readonly children: ReactNode
}

/** A button that opens a popover below it. Focus goes there, stays in it, and returns. */
export function ButtonPopover(props: ButtonPopoverProps) {
  const { label, title = label, icon, size = 'compact-xs', width, align = 'end', opened, onChange, children } = props
  return (
    <Popover opened={opened} onChange={onChange} position={`bottom-${align}`} trapFocus returnFocus width={width}>
      <Popover.Target>
        <Button variant="default" size={size} leftSection={icon} onClick={() => onChange(!opened)}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={title}>{children}</Popover.Dropdown>
    </Popover>
  )
}
