/**
 * What the programs of this folder have in common: a client built as the README says, one task with a tool,
 * asked of every model in the given ways, and a line of JSON for each about what came of it.
 *
 * node NAME.mjs '["setting of the README", …]' model…
 */
export const run = async (names, task, ways = [false, true]) => {
  const [setting, ...models] = process.argv.slice(2);
  for (const model of models)
    for (const isStream of ways) {
      const cities = [];
      const getWeather = ({ city }) => {
        cities.push(city);
        return `Sun over ${city}.`;
      };
      let outcome;
      try {
        outcome = {
          text: await task({ client: clientOf(setting, names, model), model, isStream, getWeather }),
        };
      } catch (error) {
        outcome = { error: `${error?.name}: ${error?.message}` };
      }
      console.log(JSON.stringify({ model, isStream, cities, ...outcome }));
    }
};

export const question = 'What is the weather in Paris and in Rome?';
export const tool = { name: 'get_weather', description: 'The weather of a city.' };
export const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};

/** The README's own words, with the names they use; where they name a model it is the one in turn. */
const clientOf = (setting, names, model) =>
  new Function(...Object.keys(names), `return ${setting.replace("'auto'", JSON.stringify(model))}`)(
    ...Object.values(names),
  );
