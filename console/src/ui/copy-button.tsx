import { useState } from 'react'
import { Button, type ButtonProps } from './button.tsx'
import { copyText } from './copy-text.ts'
import { showToast } from './toasts.ts'

interface CopyButtonProps extends Pick<ButtonProps, 'size'> {
  readonly text: string
  readonly label?: string
}

export function CopyButton({ text, label = 'Copy', size = 'small' }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  return (
    <Button
      size={size}
      icon={copied ? 'check' : 'copy'}
      onClick={async () => {
        if (!(await copyText(text))) {
          showToast('The browser does not allow copying. Select the text and copy it by hand.', { tone: 'bad' })
          return
        }
        setCopied(true)
        setTimeout(() => setCopied(false), 2000)
      }}
    >
      {copied ? 'Copied' : label}
    </Button>
  )
}
