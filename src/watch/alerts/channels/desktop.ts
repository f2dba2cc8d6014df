import type { Message } from '../alert.ts';
import type { Channel, Outgoing } from './channel.ts';
import { judgeEnd } from './judge-end.ts';
import { countLine, cut, headline, worst } from './words.ts';

const LONGEST_TITLE = 120;
const LONGEST_BODY = 400;

/** A notification on the desktop of whoever runs the watcher, by what each system has for it. */
export const desktop: Channel<'desktop'> = {
  type: 'desktop',
  title: 'this desktop',
  digests: true,
  paceMs: 0,
  pausesMs: [60_000, 300_000, 900_000],
  references: () => ({}),
  compose: (messages, { platform }) => {
    const title = cut(printable(titleOf(messages)), LONGEST_TITLE);
    const body = cut(printable(bodyOf(messages)), LONGEST_BODY);
    if (platform === 'darwin') return mac(title, body);
    if (platform === 'win32') return windows(title, body);
    return linux(title, body, worst(messages) === 'critical');
  },
  judge: judgeEnd,
};

function titleOf(messages: readonly Message[]): string {
  const [only, ...more] = messages;
  return only && more.length === 0 ? headline(only) : countLine(messages);
}

function bodyOf(messages: readonly Message[]): string {
  const [only, ...more] = messages;
  return only && more.length === 0 ? only.alert.detail : messages.map(headline).join('\n');
}

/** No argument of a program may hold a zero byte, and no notification needs the others. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ');
}

/** The body may hold markup there, so what a server says is escaped. */
function linux(title: string, body: string, isCritical: boolean): Outgoing {
  const plain = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const args = ['--app-name=mcpctl', `--urgency=${isCritical ? 'critical' : 'normal'}`, '--', title, plain];
  return { kind: 'run', command: 'notify-send', args, input: '' };
}

/** The texts are arguments of the script, never part of it. */
function mac(title: string, body: string): Outgoing {
  const lines = [
    'on run argv',
    'display notification (item 2 of argv) with title "mcpctl" subtitle (item 1 of argv)',
    'end run',
  ];
  return {
    kind: 'run',
    command: 'osascript',
    args: [...lines.flatMap((line) => ['-e', line]), '--', title, body],
    input: '',
  };
}

/** The texts come on standard input, as JSON; the script is the same each time. */
function windows(title: string, body: string): Outgoing {
  return {
    kind: 'run',
    command: 'powershell.exe',
    args: ['-NoProfile', '-NonInteractive', '-Command', TOAST],
    input: JSON.stringify({ title, body }),
  };
}

const TOAST = [
  '$ErrorActionPreference = "Stop"',
  '[Console]::InputEncoding = [Text.Encoding]::UTF8',
  '$said = [Console]::In.ReadToEnd() | ConvertFrom-Json',
  '$manager = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]',
  '$xml = $manager::GetTemplateContent(5)',
  '$texts = $xml.GetElementsByTagName("text")',
  '$texts.Item(0).AppendChild($xml.CreateTextNode($said.title)) > $null',
  '$texts.Item(1).AppendChild($xml.CreateTextNode($said.body)) > $null',
  '$toast = [Windows.UI.Notifications.ToastNotification, Windows.UI.Notifications, ContentType = WindowsRuntime]::new($xml)',
  // The identity of PowerShell itself: a program without one may show nothing.
  '$id = "{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe"',
  '$manager::CreateToastNotifier($id).Show($toast)',
].join('; ');
