// placeholder until the stage's first source
