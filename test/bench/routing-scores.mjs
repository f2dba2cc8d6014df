/** Shares in percent of what `route` answered against labels: acceptable servers and `server/tool`, in any order. */
export function toolScores(requests, answers) {
  const places = requests.map((request) => placesOf(request, answers.get(request.id).ranked));
  const within = (key, limit) => share(places, (place) => place[key] >= 0 && place[key] < limit);
  const servers = { server: within('server', 1), 'server@5': within('server', 5) };
  if (requests.every(({ tools }) => tools === undefined)) return servers;
  return {
    ...servers,
    'tool@1': within('tool', 1),
    'tool@3': within('tool', 3),
    'tool@5': within('tool', 5),
    'nDCG@5': 100 * mean(places.map(({ tool }) => (tool >= 0 && tool < 5 ? 1 / Math.log2(tool + 2) : 0))),
  };
}

/** Requests of several steps whose servers are those of the label, in order; repetitions may be said once. */
export function shareOfChains(chains, answers) {
  return share(chains, ({ id, servers }) => {
    const steps = answers.get(id).steps;
    return same(steps, servers) || same(collapse(steps), collapse(servers));
  });
}

export function share(rows, test) {
  return rows.length === 0 ? 0 : (100 * rows.filter(test).length) / rows.length;
}

function placesOf({ tools = [], servers }, ranked) {
  const wanted = servers ?? tools.map((name) => name.slice(0, name.lastIndexOf('/')));
  const distinct = [...new Set(ranked.map(({ server }) => server))];
  return {
    tool: ranked.findIndex(({ server, tool }) => tools.includes(`${server}/${tool}`)),
    server: distinct.findIndex((server) => wanted.includes(server)),
  };
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
}

function same(one, other) {
  return one.length === other.length && one.every((server, place) => server === other[place]);
}

function collapse(servers) {
  return servers.filter((server, place) => server !== servers[place - 1]);
}
