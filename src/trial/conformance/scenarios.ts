/** What a server must offer for a scenario of the public suite to say anything of it. */
export interface Needs {
  readonly tools?: readonly string[];
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly capability?: string;
  /** Judges HTTP itself: says nothing of a server that is a program. */
  readonly http?: true;
}

const tool = (...tools: string[]): Needs => ({ tools });
const prompt = (...prompts: string[]): Needs => ({ prompts });
const resource = (...resources: string[]): Needs => ({ resources });

/** Scenario → what it needs; what is not here needs a fixture of the suite that nobody else has. */
export const SCENARIO_NEEDS: Readonly<Record<string, Needs>> = {
  'server-initialize': {},
  ping: {},
  'server-stateless': {},
  'server-session-lifecycle': { http: true },
  'server-sse-multiple-streams': { http: true },
  'dns-rebinding-protection': { http: true },
  'http-header-validation': { http: true },
  caching: {},
  'sep-2164-resource-not-found': { capability: 'resources' },
  'input-required-result-unsupported-methods': { capability: 'tools' },
  'input-required-result-validate-input': { capability: 'tools' },
  'logging-set-level': { capability: 'logging' },
  'completion-complete': { capability: 'completions', ...prompt('test_prompt_with_arguments') },
  'tools-list': { capability: 'tools' },
  'resources-list': { capability: 'resources' },
  'prompts-list': { capability: 'prompts' },
  'tools-call-simple-text': tool('test_simple_text'),
  'tools-call-image': tool('test_image_content'),
  'tools-call-audio': tool('test_audio_content'),
  'tools-call-embedded-resource': tool('test_embedded_resource'),
  'tools-call-mixed-content': tool('test_multiple_content_types'),
  'tools-call-with-logging': tool('test_tool_with_logging'),
  'tools-call-error': tool('test_error_handling'),
  'tools-call-with-progress': tool('test_tool_with_progress'),
  'tools-call-sampling': tool('test_sampling'),
  'tools-call-elicitation': tool('test_elicitation'),
  'elicitation-sep1034-defaults': tool('test_elicitation_sep1034_defaults'),
  'elicitation-sep1330-enums': tool('test_elicitation_sep1330_enums'),
  'resources-read-text': resource('test://static-text'),
  'resources-read-binary': resource('test://static-binary'),
  'resources-templates-read': resource('test://template/{id}/data'),
  'resources-subscribe': resource('test://watched-resource'),
  'resources-unsubscribe': resource('test://watched-resource'),
  'prompts-get-simple': prompt('test_simple_prompt'),
  'prompts-get-with-args': prompt('test_prompt_with_arguments'),
  'prompts-get-embedded-resource': prompt('test_prompt_with_embedded_resource'),
  'prompts-get-with-image': prompt('test_prompt_with_image'),
  'input-required-result-basic-elicitation': tool('test_input_required_result_elicitation'),
  'input-required-result-basic-sampling': tool('test_input_required_result_sampling'),
  'input-required-result-basic-list-roots': tool('test_input_required_result_list_roots'),
  'input-required-result-request-state': tool('test_input_required_result_request_state'),
  'input-required-result-multiple-input-requests': tool('test_input_required_result_multiple_inputs'),
  'input-required-result-multi-round': tool('test_input_required_result_multi_round'),
  'input-required-result-missing-input-response': tool('test_input_required_result_elicitation'),
  'input-required-result-non-tool-request': prompt('test_input_required_result_prompt'),
  'input-required-result-result-type': tool('test_input_required_result_elicitation'),
  'input-required-result-tampered-state': tool('test_input_required_result_tampered_state'),
  'input-required-result-capability-check': tool('test_input_required_result_capabilities'),
  'input-required-result-ignore-extra-params': tool('test_input_required_result_elicitation'),
};

/** Single checks of scenarios that apply to everybody, which need a fixture all the same. */
export const CHECK_NEEDS: Readonly<Record<string, Needs>> = {
  'sep-2575-server-rejects-undeclared-capability': tool('test_missing_capability'),
  'sep-2575-missing-capability-http-400': tool('test_missing_capability'),
  'sep-2575-http-server-no-independent-requests-on-stream': tool('test_streaming_elicitation'),
  'sep-2575-server-no-log-without-loglevel': tool('test_logging_tool'),
  'sep-2575-server-sends-prompts-list-changed-on-subscription': tool('test_trigger_prompt_change'),
  'sep-2575-server-sends-tools-list-changed-on-subscription': tool('test_trigger_tool_change'),
};

/** What a server has of it. */
export interface Offers {
  readonly tools: ReadonlySet<string>;
  readonly prompts: ReadonlySet<string>;
  /** URIs and templates. */
  readonly resources: ReadonlySet<string>;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly isHttp: boolean;
}

/** True when the server has everything that is needed. */
export function applies(needs: Needs | undefined, offers: Offers): boolean {
  if (!needs || (needs.http && !offers.isHttp)) return false;
  const { tools = [], prompts = [], resources = [], capability } = needs;
  return (
    tools.every((name) => offers.tools.has(name)) &&
    prompts.every((name) => offers.prompts.has(name)) &&
    resources.every((uri) => offers.resources.has(uri)) &&
    (capability === undefined || capability in offers.capabilities)
  );
}
